package io.amanuensis.npu;

/** Keys of what a task manager's plugin tells operators of each NPU that it offers. */
public final class NpuProperty {
    /** N of accelN. */
    public static final String INDEX = "index";

    /** Where programs open it. */
    public static final String NODE = "node";

    /** As lspci writes it. */
    public static final String PCI_ID = "pci-id";

    /** Where the plugin has found it, if not in /sys: operators look there again. */
    public static final String SYSFS_ROOT = "sysfs-root";

    private NpuProperty() {}
}
