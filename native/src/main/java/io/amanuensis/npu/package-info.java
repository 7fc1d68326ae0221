/**
 * Which NPUs this machine has and what keeps this process from using them, by the evidence of Linux alone: sysfs, the device node,
 * the limits of the process.
 *
 * <p>In: the roots of {@code /sys}, {@code /dev} and {@code /proc/self}, which tests replace by trees of their own. Out: {@link
 * io.amanuensis.npu.NpuReport}. Nothing here opens a device, loads a library or needs more than the JDK, so that the plugin of a
 * task manager can carry the package in its own jar. Whether a device computes right is the self-test's to say.
 */
package io.amanuensis.npu;
