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
 * The sound of an utterance under way up to a fixed position of its channel, or the last piece of that sound: the input of {@code
 * hypothesize}. Immutable; the array is shared and must not be written to.
 *
 * <p>Pieces follow one another without holes. Each is heard several times while it grows, then once more, closing, with the
 * end that it keeps.
 *
 * @param utteranceStartSample where the utterance began, on the call's clock, samples at 16 kHz
 * @param startSample where the piece begins
 * @param closing whether the next piece begins where this one ends
 * @param samples of the piece, signed 16-bit mono at 16 kHz
 */
@TypeInfo(UtteranceSoFar.Factory.class)
public record UtteranceSoFar(
        CallChannel channel, long utteranceStartSample, long startSample, boolean closing, short[] samples) {

    public long endSample() {
        return startSample + samples.length;
    }

    /**
     * Whether the older one need not be heard any more: it is of the same utterance and covers less. The end of a piece is always
     * worth hearing.
     */
    public boolean supersedes(UtteranceSoFar older) {
        boolean further = closing ? startSample >= older.startSample : endSample() > older.endSample();
        return further
                && !older.closing
                && utteranceStartSample == older.utteranceStartSample
                && channel.equals(older.channel);
    }

    /** Makes the serializer known to Flink. */
    public static final class Factory extends TypeInfoFactory<UtteranceSoFar> {
        @Override
        public TypeInformation<UtteranceSoFar> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
            return new ElementTypeInfo<>(UtteranceSoFar.class, Serializer.INSTANCE);
        }
    }

    /** Version 1: the components in order. */
    public static final class Serializer extends ElementSerializer<UtteranceSoFar> {
        private static final long serialVersionUID = 1;
        public static final Serializer INSTANCE = new Serializer();

        private Serializer() {
            super(1);
        }

        @Override
        void write(UtteranceSoFar sound, DataOutputView target) throws IOException {
            ElementIo.writeChannel(sound.channel, target);
            target.writeLong(sound.utteranceStartSample);
            target.writeLong(sound.startSample);
            target.writeBoolean(sound.closing);
            ElementIo.writeSamples(sound.samples, target);
        }

        @Override
        UtteranceSoFar read(int version, DataInputView source) throws IOException {
            if (version != 1) {
                throw unknownVersion(version);
            }
            return new UtteranceSoFar(
                    ElementIo.readChannel(source),
                    source.readLong(),
                    source.readLong(),
                    source.readBoolean(),
                    ElementIo.readSamples(source));
        }

        @Override
        public Snapshot snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** Stands for the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<UtteranceSoFar> {
        public Snapshot() {
            super(() -> Serializer.INSTANCE);
        }
    }
}
