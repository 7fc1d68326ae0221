/**
 * What a task manager's {@code plugins/npu} folder holds: the driver of the external resource that stands for NPUs. Flink loads a
 * plugin apart from everything in {@code lib}, so its jar is these classes and {@link io.amanuensis.npu}, nothing else.
 */
package io.amanuensis.job.npuplugin;
