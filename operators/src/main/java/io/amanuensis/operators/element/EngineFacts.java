package io.amanuensis.operators.element;

/**
 * Who computed an encoder output, as every transcript records it.
 *
 * @param modelName name of the model's folder
 * @param modelHash SHA-256 of the model's files, hex
 * @param backEnd what computed the encoder: cpu, npu, npu-emulated or echo
 * @param libraryBuild version and compiler of the native library, instruction set and precision that computed
 */
public record EngineFacts(String modelName, String modelHash, String backEnd, String libraryBuild) {}
