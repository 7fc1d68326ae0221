package io.amanuensis.operators.element;

import io.amanuensis.operators.device.Level;
import io.amanuensis.schemas.DeadLetterCause;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A window's encoder output and who computed it, or why there is none: the output of {@code encode}. Immutable.
 *
 * <p>The states are bf16 whether or not they ever leave the process, so that text never depends on where a decoder runs or
 * whether it was restored.
 *
 * @param states [positions][state width] bf16, little-endian; empty if failed or done with
 * @param checksum CRC-32C of the states, 8 hex digits
 * @param level how far the work on the window was degraded: {@link io.amanuensis.operators.device.Level}
 * @param failure null if encoded
 */
@TypeInfo(EncodedWindow.Factory.class)
public record EncodedWindow(
        WindowInfo info,
        byte[] states,
        String checksum,
        EngineFacts engine,
        double featurizeMs,
        double encodeMs,
        int level,
        WindowFailure failure) {
    private static final byte[] NO_STATES = {};
    /** Of the window information in the newest version. */
    private static final int INFO_VERSION = 4;

    private static final int LEVEL_SINCE = 5;

    public static EncodedWindow failed(WindowInfo info, EngineFacts engine, WindowFailure failure) {
        return failed(info, engine, Level.CPU, failure);
    }

    /** @param level PARKED for a window that may be tried again */
    public static EncodedWindow failed(WindowInfo info, EngineFacts engine, int level, WindowFailure failure) {
        return new EncodedWindow(info, NO_STATES, "", engine, 0, 0, level, failure);
    }

    /** For the stages that only need to know where the states came from. */
    public EncodedWindow withoutStates() {
        return new EncodedWindow(info, NO_STATES, checksum, engine, featurizeMs, encodeMs, level, failure);
    }

    public EncodedWindow atLevel(int newLevel) {
        return new EncodedWindow(info, states, checksum, engine, featurizeMs, encodeMs, newLevel, failure);
    }

    /** @param version 1 to 5 */
    static void write(int version, EncodedWindow window, DataOutputView target) throws IOException {
        ElementIo.writeInfo(Math.min(version, INFO_VERSION), window.info, target);
        ElementIo.writeBytes(window.states, target);
        target.writeUTF(window.checksum);
        target.writeUTF(window.engine.modelName());
        target.writeUTF(window.engine.modelHash());
        target.writeUTF(window.engine.backEnd());
        target.writeUTF(window.engine.libraryBuild());
        target.writeDouble(window.featurizeMs);
        target.writeDouble(window.encodeMs);
        writeFailure(window.failure, target);
        if (version >= LEVEL_SINCE) {
            target.writeInt(window.level);
        }
    }

    /** @param version 1 to 5 */
    static EncodedWindow read(int version, DataInputView source) throws IOException {
        WindowInfo info = ElementIo.readInfo(Math.min(version, INFO_VERSION), source);
        byte[] states = ElementIo.readBytes(source);
        String checksum = source.readUTF();
        EngineFacts engine = new EngineFacts(source.readUTF(), source.readUTF(), source.readUTF(), source.readUTF());
        double featurizeMs = source.readDouble();
        double encodeMs = source.readDouble();
        WindowFailure failure = readFailure(source);
        int level = version < LEVEL_SINCE ? Level.CPU : source.readInt();
        return new EncodedWindow(info, states, checksum, engine, featurizeMs, encodeMs, level, failure);
    }

    static void writeFailure(WindowFailure failure, DataOutputView target) throws IOException {
        target.writeBoolean(failure != null);
        if (failure != null) {
            target.writeUTF(failure.stage());
            target.writeUTF(failure.cause().name());
            ElementIo.writeText(failure.message(), target);
        }
    }

    static WindowFailure readFailure(DataInputView source) throws IOException {
        return source.readBoolean()
                ? new WindowFailure(
                        source.readUTF(), DeadLetterCause.valueOf(source.readUTF()), ElementIo.readText(source))
                : null;
    }

    /** Makes the serializer known to Flink. */
    public static final class Factory extends TypeInfoFactory<EncodedWindow> {
        @Override
        public TypeInformation<EncodedWindow> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
            return new ElementTypeInfo<>(EncodedWindow.class, Serializer.INSTANCE);
        }
    }

    /** The components in order, states as bf16. Version 1: without the count of speech in the info; up to 2: without the lengths of context; up to 3: without the utterances packed; up to 4: without the level, which was CPU. */
    public static final class Serializer extends ElementSerializer<EncodedWindow> {
        private static final long serialVersionUID = 1;
        public static final Serializer INSTANCE = new Serializer();

        private Serializer() {
            super(5);
        }

        @Override
        void write(EncodedWindow window, DataOutputView target) throws IOException {
            EncodedWindow.write(5, window, target);
        }

        @Override
        EncodedWindow read(int version, DataInputView source) throws IOException {
            if (version < 1 || version > 5) {
                throw unknownVersion(version);
            }
            return EncodedWindow.read(version, source);
        }

        @Override
        public Snapshot snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** Stands for the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<EncodedWindow> {
        public Snapshot() {
            super(() -> Serializer.INSTANCE);
        }
    }
}
