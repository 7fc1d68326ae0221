package io.amanuensis.operators.element;

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
 * A stretch of speech no longer than the model's window, or several with silence between them ({@link WindowInfo#packed}): the output of {@code find-speech} and, with its log-mel spectrogram,
 * of {@code featurize}. Immutable; the arrays are shared and must not be written to.
 *
 * <p>The spectrogram is six times the size of the sound and a function of it, so it is neither sent nor checkpointed: after
 * a restore it is null and {@code encode} computes it again.
 */
@TypeInfo(PcmWindow.Factory.class)
public final class PcmWindow {
    private final WindowInfo info;
    private final short[] samples;
    private final transient float[] logMel;
    private final transient double featurizeMs;

    public PcmWindow(WindowInfo info, short[] samples) {
        this(info, samples, null, 0);
    }

    private PcmWindow(WindowInfo info, short[] samples, float[] logMel, double featurizeMs) {
        if (info.soundSamples() != samples.length) {
            throw new IllegalArgumentException(
                    info + " announces " + info.soundSamples() + " samples and has " + samples.length);
        }
        this.info = info;
        this.samples = samples;
        this.logMel = logMel;
        this.featurizeMs = featurizeMs;
    }

    /** @param logMel [mel bins][mel frames], row-major */
    public PcmWindow withLogMel(float[] logMel, double featurizeMs) {
        return new PcmWindow(info, samples, logMel, featurizeMs);
    }

    public WindowInfo info() {
        return info;
    }

    /** Signed 16-bit mono at 16 kHz: {@link WindowInfo#soundSamples} of them. */
    public short[] samples() {
        return samples;
    }

    /** Null until {@code featurize}, and again after a restore. */
    public float[] logMel() {
        return logMel;
    }

    public double featurizeMs() {
        return featurizeMs;
    }

    /** Makes the serializer known to Flink. */
    public static final class Factory extends TypeInfoFactory<PcmWindow> {
        @Override
        public TypeInformation<PcmWindow> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
            return new ElementTypeInfo<>(PcmWindow.class, Serializer.INSTANCE);
        }
    }

    /** Info, samples. Version 1: without the count of speech in the info; up to 2: without the lengths of context; up to 3: without the utterances packed. */
    public static final class Serializer extends ElementSerializer<PcmWindow> {
        private static final long serialVersionUID = 1;
        public static final Serializer INSTANCE = new Serializer();

        private Serializer() {
            super(4);
        }

        @Override
        void write(PcmWindow window, DataOutputView target) throws IOException {
            ElementIo.writeInfo(4, window.info, target);
            ElementIo.writeSamples(window.samples, target);
        }

        @Override
        PcmWindow read(int version, DataInputView source) throws IOException {
            if (version < 1 || version > 4) {
                throw unknownVersion(version);
            }
            return new PcmWindow(ElementIo.readInfo(version, source), ElementIo.readSamples(source));
        }

        @Override
        public Snapshot snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** Stands for the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PcmWindow> {
        public Snapshot() {
            super(() -> Serializer.INSTANCE);
        }
    }
}
