package io.amanuensis.job.cluster;

/**
 * Task managers that are set up alike.
 *
 * @param name beginning of their names
 */
record TaskManagerKind(String name, FlinkProcess.Setting setting, FlinkMemory memory) {}
