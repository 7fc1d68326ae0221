package io.amanuensis.operators.microbatch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.state.OperatorStateCheckpointOutputStream;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StatePartitionStreamProvider;
import org.apache.flink.runtime.state.StateSnapshotContext;

/**
 * Elements in flight as checkpoint state: raw operator state, a partition an element, so that Flink spreads them over the
 * subtasks of another parallelism as it does list state. A partition is an int, {@link #VERSION}, and the element by its
 * serializer, which has a version of its own.
 *
 * <p>Raw, because an element has a megabyte or more and Flink writes managed operator state a byte at a time (its {@code
 * CompressibleFSDataOutputStream} has no write of arrays): that took more CPU time than all else of Flink together. The price
 * is that elements are written in the synchronous part of a snapshot.
 *
 * @param <I> element; immutable
 */
final class InFlightState<I> {
    /** Of a partition. A reader is kept for every version ever written. */
    static final int VERSION = 1;

    /** List state of savepoints from before there was raw state: read and never written. */
    static final String LIST_STATE_NAME = "in-flight";

    private final String stage;
    private final TypeSerializer<I> serializer;

    InFlightState(String stage, TypeSerializer<I> serializer) {
        this.stage = stage;
        this.serializer = serializer;
    }

    void write(List<I> elements, StateSnapshotContext context) throws Exception {
        if (elements.isEmpty()) {
            return;
        }
        OperatorStateCheckpointOutputStream stream = context.getRawOperatorStateOutput();
        DataOutputView target = new DataOutputViewStreamWrapper(stream);
        for (I element : elements) {
            stream.startNewPartition();
            target.writeInt(VERSION);
            serializer.serialize(element, target);
        }
    }

    /** This subtask's share of what was in flight, in either form. */
    List<I> read(StateInitializationContext context) throws Exception {
        List<I> elements = readList(context.getOperatorStateStore());
        for (StatePartitionStreamProvider partition : context.getRawOperatorStateInputs()) {
            elements.add(readPartition(partition.getStream()));
        }
        return elements;
    }

    private I readPartition(InputStream stream) throws IOException {
        DataInputView source = new DataInputViewStreamWrapper(new BufferedInputStream(stream));
        int version = source.readInt();
        if (version != VERSION) {
            throw new IOException(
                    "%s: in-flight state of version %d, this build reads up to %d. Restore with the build that wrote it or newer."
                            .formatted(stage, version, VERSION));
        }
        return serializer.deserialize(source);
    }

    private List<I> readList(OperatorStateStore store) throws Exception {
        List<I> elements = new ArrayList<>();
        if (store.getRegisteredStateNames().contains(LIST_STATE_NAME)) {
            ListState<I> list = store.getListState(new ListStateDescriptor<>(LIST_STATE_NAME, serializer));
            list.get().forEach(elements::add);
            list.clear();
        }
        return elements;
    }
}
