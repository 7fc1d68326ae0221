package io.amanuensis.job.placement;

import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;

/** What a slot takes of a task manager. All of it is stated: what Flink is not told is zero, RocksDB's memory too. */
public record SlotProfile(double cores, MemorySize heap, MemorySize offHeap, MemorySize managed) {

    SlotSharingGroup.Builder group(String name) {
        return SlotSharingGroup.newBuilder(name)
                .setCpuCores(cores)
                .setTaskHeapMemory(heap)
                .setTaskOffHeapMemory(offHeap)
                .setManagedMemory(managed);
    }
}
