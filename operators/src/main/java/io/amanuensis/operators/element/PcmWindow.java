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
    private final int parkings;

    public PcmWindow(WindowInfo info, short[] samples) {
        this(info, samples, 0);
    }

    /** @param parkings how often the window has been parked and read again */
    public PcmWindow(WindowInfo info, short[] samples, int parkings) {
        this(info, samples, null, 0, parkings);
    }

    private PcmWindow(WindowInfo info, short[] samples, float[] logMel, double featurizeMs, int parkings) {
        if (info.soundSamples() != samples.length) {
            throw new IllegalArgumentException(
                    info + " announces " + info.soundSamples() + " samples and has " + samples.length);
        }
        this.info = info;
        this.samples = samples;
        this.logMel = logMel;
        this.featurizeMs = featurizeMs;
        this.parkings = parkings;
    }

    /** @param logMel [mel bins][mel frames], row-major */
    public PcmWindow withLogMel(float[] logMel, double featurizeMs) {
        return new PcmWindow(info, samples, logMel, featurizeMs, parkings);
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

    /** How often the window has been parked on the retry topic and read again. */
    public int parkings() {
        return parkings;
    }

    /** Makes the serializer known to Flink. */
    public static final class Factory extends TypeInfoFactory<PcmWindow> {
        @Override
        public TypeInformation<PcmWindow> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
            return new ElementTypeInfo<>(PcmWindow.class, Serializer.INSTANCE);
        }
    }

    /**
     * Info, samples, count of parkings. Version 1: without the count of speech in the info; up to 2: without the lengths of
     * context; up to 3: without the utterances packed; up to 4: without the count of parkings.
     */
    public static final class Serializer extends ElementSerializer<PcmWindow> {
        private static final long serialVersionUID = 1;
        public static final Serializer INSTANCE = new Serializer();
        /** Of the window information in the newest version. */
        private static final int INFO_VERSION = 4;

        private static final int PARKINGS_SINCE = 5;

        private Serializer() {
            super(5);
        }

        @Override
        void write(PcmWindow window, DataOutputView target) throws IOException {
            ElementIo.writeInfo(INFO_VERSION, window.info, target);
            ElementIo.writeSamples(window.samples, target);
            target.writeInt(window.parkings);
        }

        @Override
        PcmWindow read(int version, DataInputView source) throws IOException {
            if (version < 1 || version > 5) {
                throw unknownVersion(version);
            }
            return new PcmWindow(
                    ElementIo.readInfo(Math.min(version, INFO_VERSION), source),
                    ElementIo.readSamples(source),
                    version < PARKINGS_SINCE ? 0 : source.readInt());
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
