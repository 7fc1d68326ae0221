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
 * A window's tokens and text with the encoder output that they came from, which {@code align} needs again: the output of
 * {@code decode}. Immutable.
 *
 * @param hypothesis null if the window failed, here or before
 * @param failure null if decoded
 */
@TypeInfo(DecodedWindow.Factory.class)
public record DecodedWindow(EncodedWindow encoded, Hypothesis hypothesis, double decodeMs, WindowFailure failure) {

    /**
     * What the decoder made of the window.
     *
     * @param tokens as decoded, timestamp tokens included, prompt and end of text left out
     * @param speech false if the model holds that nobody speaks; the rest is then evidence, not text to publish
     */
    public record Hypothesis(
            int[] tokens,
            String text,
            String language,
            double averageLogProbability,
            double noSpeechProbability,
            double compressionRatio,
            boolean speech) {}

    public static DecodedWindow failed(EncodedWindow encoded, WindowFailure failure) {
        return new DecodedWindow(encoded, null, 0, failure);
    }

    /** Makes the serializer known to Flink. */
    public static final class Factory extends TypeInfoFactory<DecodedWindow> {
        @Override
        public TypeInformation<DecodedWindow> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
            return new ElementTypeInfo<>(DecodedWindow.class, Serializer.INSTANCE);
        }
    }

    /** Version 1: the encoded window (its version 1), duration, failure, hypothesis. */
    public static final class Serializer extends ElementSerializer<DecodedWindow> {
        private static final long serialVersionUID = 1;
        public static final Serializer INSTANCE = new Serializer();

        private Serializer() {
            super(1);
        }

        @Override
        void write(DecodedWindow window, DataOutputView target) throws IOException {
            EncodedWindow.write(window.encoded, target);
            target.writeDouble(window.decodeMs);
            EncodedWindow.writeFailure(window.failure, target);
            target.writeBoolean(window.hypothesis != null);
            if (window.hypothesis != null) {
                writeHypothesis(window.hypothesis, target);
            }
        }

        private static void writeHypothesis(Hypothesis hypothesis, DataOutputView target) throws IOException {
            target.writeInt(hypothesis.tokens.length);
            for (int token : hypothesis.tokens) {
                target.writeInt(token);
            }
            ElementIo.writeText(hypothesis.text, target);
            target.writeUTF(hypothesis.language);
            target.writeDouble(hypothesis.averageLogProbability);
            target.writeDouble(hypothesis.noSpeechProbability);
            target.writeDouble(hypothesis.compressionRatio);
            target.writeBoolean(hypothesis.speech);
        }

        @Override
        DecodedWindow read(int version, DataInputView source) throws IOException {
            if (version != 1) {
                throw unknownVersion(version);
            }
            EncodedWindow encoded = EncodedWindow.read(source);
            double decodeMs = source.readDouble();
            WindowFailure failure = EncodedWindow.readFailure(source);
            return new DecodedWindow(encoded, source.readBoolean() ? readHypothesis(source) : null, decodeMs, failure);
        }

        private static Hypothesis readHypothesis(DataInputView source) throws IOException {
            int[] tokens = new int[source.readInt()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = source.readInt();
            }
            return new Hypothesis(
                    tokens,
                    ElementIo.readText(source),
                    source.readUTF(),
                    source.readDouble(),
                    source.readDouble(),
                    source.readDouble(),
                    source.readBoolean());
        }

        @Override
        public Snapshot snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** Stands for the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<DecodedWindow> {
        public Snapshot() {
            super(() -> Serializer.INSTANCE);
        }
    }
}
