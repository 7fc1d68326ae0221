package io.amanuensis.job.npuplugin;

import io.amanuensis.npu.Accelerator;
import io.amanuensis.npu.NpuProperty;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;

/** What operators are told of an NPU: {@link NpuProperty}. */
final class NpuInfo implements ExternalResourceInfo {
    private final Map<String, String> properties = new LinkedHashMap<>();

    /** @param sysfsRoot null for /sys */
    NpuInfo(Accelerator npu, String sysfsRoot) {
        properties.put(NpuProperty.INDEX, Integer.toString(npu.index()));
        properties.put(NpuProperty.NODE, npu.node().toString());
        properties.put(NpuProperty.PCI_ID, npu.pciId());
        if (sysfsRoot != null) {
            properties.put(NpuProperty.SYSFS_ROOT, sysfsRoot);
        }
    }

    @Override
    public Optional<String> getProperty(String key) {
        return Optional.ofNullable(properties.get(key));
    }

    @Override
    public Collection<String> getKeys() {
        return properties.keySet();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NpuInfo info && properties.equals(info.properties);
    }

    @Override
    public int hashCode() {
        return properties.hashCode();
    }

    @Override
    public String toString() {
        return "NPU " + properties;
    }
}
