package io.amanuensis.job.placement;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Where stages run if the encoder needs an NPU: {@code featurize} and {@code encode} in slots of their own that take one from the
 * task manager's external resource, everything else in slots that do not.
 *
 * <p>Both groups have profiles. Of a group without one Flink cuts slots of a task manager's default size, each with its part of the
 * NPU, and what is left is not enough for the encoder.
 *
 * @param npuSlot of a subtask of featurize and encode
 * @param resourceName the external resource of task managers with an NPU
 * @param resourceAmount of it for each such subtask
 * @param parallelism of featurize and encode
 * @param cpuSlot of everything else
 * @param cpuResourceName the external resource of task managers without an NPU, 1 for each of the other slots; null for none
 */
public record Placement(
        SlotProfile npuSlot,
        String resourceName,
        double resourceAmount,
        int parallelism,
        SlotProfile cpuSlot,
        String cpuResourceName) {
    public static final String NPU_GROUP = "npu";

    /** Flink's own name for the group of stages that name none, so that it holds for all of them. */
    public static final String CPU_GROUP = "default";

    /**
     * Gives both groups their profiles.
     *
     * @throws IllegalArgumentException if the environment's cluster is known to have a scheduler that ignores them
     */
    public void register(StreamExecutionEnvironment env) {
        Schedulers.requireOneThatHeedsResources(env.getConfiguration());
        env.registerSlotSharingGroup(npuSlot.group(NPU_GROUP)
                .setExternalResource(resourceName, resourceAmount)
                .build());
        SlotSharingGroup.Builder others = cpuSlot.group(CPU_GROUP);
        if (cpuResourceName != null) {
            others.setExternalResource(cpuResourceName, 1);
        }
        env.registerSlotSharingGroup(others.build());
    }

    /** Has a cluster of this process, which takes any stage, offer what slots ask for. */
    public void offer(Configuration cluster, int slots) {
        List<String> resources = new ArrayList<>(List.of(resourceName));
        cluster.set(amountOf(resourceName), (long) Math.ceil(parallelism * resourceAmount));
        if (cpuResourceName != null) {
            resources.add(cpuResourceName);
            cluster.set(amountOf(cpuResourceName), (long) slots);
        }
        cluster.set(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST, resources);
        // Its cores and heap are as many as are asked for.
        cluster.set(
                TaskManagerOptions.MANAGED_MEMORY_SIZE,
                cpuSlot.managed().multiply(slots).add(npuSlot.managed().multiply(parallelism)));
    }

    private static ConfigOption<Long> amountOf(String resource) {
        return ConfigOptions.key(ExternalResourceOptions.getAmountConfigOptionForResource(resource))
                .longType()
                .noDefaultValue();
    }

    /** Puts a stage beside an NPU. */
    public <T> SingleOutputStreamOperator<T> onNpu(SingleOutputStreamOperator<T> stage) {
        SingleOutputStreamOperator<T> placed = stage.slotSharingGroup(NPU_GROUP).setParallelism(parallelism);
        // What the web UI shows of a task that waits for its slot.
        return placed.setDescription(
                "%s; waits for a task manager that offers the external resource %s, %s for each of %d subtasks"
                        .formatted(stage.getName(), resourceName, resourceAmount, parallelism));
    }

    /** A stage behind one beside an NPU: it would stay there unless told not to. */
    public <T> SingleOutputStreamOperator<T> offNpu(SingleOutputStreamOperator<T> stage) {
        return stage.slotSharingGroup(CPU_GROUP);
    }
}
