package io.amanuensis.job.npuplugin;

import io.amanuensis.npu.Accelerator;
import io.amanuensis.npu.LinuxRoots;
import io.amanuensis.npu.NpuReport;
import io.amanuensis.npu.NpuScan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the XDNA2 devices of the machine by sysfs. */
final class NpuDriver implements ExternalResourceDriver {
    private static final Logger LOG = LoggerFactory.getLogger(NpuDriver.class);

    private final LinuxRoots roots;
    private final String sysfsRoot;

    /** @param sysfsRoot told to operators, which look again; null for /sys */
    NpuDriver(LinuxRoots roots, String sysfsRoot) {
        this.roots = roots;
        this.sysfsRoot = sysfsRoot;
    }

    /**
     * @param amount the resource's configured amount
     * @throws MissingNpuError if the machine has fewer
     */
    @Override
    public Set<NpuInfo> retrieveResourceInfo(long amount) {
        List<Accelerator> npus = NpuScan.xdna2(roots);
        if (npus.size() < amount) {
            throw new MissingNpuError(amount, npus.size(), NpuReport.of(roots));
        }
        Set<NpuInfo> infos = new LinkedHashSet<>();
        for (Accelerator npu : npus.subList(0, Math.toIntExact(amount))) {
            NpuInfo info = new NpuInfo(npu, sysfsRoot);
            LOG.info("offering {}", info);
            infos.add(info);
        }
        return infos;
    }
}
