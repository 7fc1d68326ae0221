package io.amanuensis.operators.element;

import io.amanuensis.engine.AlignedWord;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A window's tokens, text and words: the output of {@code decode}. Immutable.
 *
 * @param encoded without its states, which are megabytes, except where they are still needed: see {@code words}
 * @param hypothesis null if the window failed, here or before
 * @param words times from the start of the window; null if it is without speech, the model cannot align, or the window comes
 *     from the state of a job that aligned later: then it has its states
 * @param failure null if decoded
 */
@TypeInfo(DecodedWindow.Factory.class)
public record DecodedWindow(
        EncodedWindow encoded,
        Hypothesis hypothesis,
        List<AlignedWord> words,
        double decodeMs,
        double alignMs,
        WindowFailure failure) {

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
        return new DecodedWindow(encoded.withoutStates(), null, null, 0, 0, failure);
    }

    /** Makes the serializer known to Flink. */
    public static final class Factory extends TypeInfoFactory<DecodedWindow> {
        @Override
        public TypeInformation<DecodedWindow> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
            return new ElementTypeInfo<>(DecodedWindow.class, Serializer.INSTANCE);
        }
    }

    /**
     * Version 1: the encoded window (its version 1), duration, failure, hypothesis; 2: also alignment and words; from 3
     * on: the encoded window in the version before.
     */
    public static final class Serializer extends ElementSerializer<DecodedWindow> {
        private static final long serialVersionUID = 1;
        public static final Serializer INSTANCE = new Serializer();
        private static final int NO_WORDS = -1;

        private Serializer() {
            super(6);
        }

        @Override
        void write(DecodedWindow window, DataOutputView target) throws IOException {
            EncodedWindow.write(5, window.encoded, target);
            target.writeDouble(window.decodeMs);
            EncodedWindow.writeFailure(window.failure, target);
            target.writeBoolean(window.hypothesis != null);
            if (window.hypothesis != null) {
                writeHypothesis(window.hypothesis, target);
            }
            target.writeDouble(window.alignMs);
            writeWords(window.words, target);
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

        private static void writeWords(List<AlignedWord> words, DataOutputView target) throws IOException {
            target.writeInt(words == null ? NO_WORDS : words.size());
            for (AlignedWord word : words == null ? List.<AlignedWord>of() : words) {
                ElementIo.writeText(word.text(), target);
                target.writeInt(word.startMs());
                target.writeInt(word.endMs());
                target.writeDouble(word.probability());
            }
        }

        private static List<AlignedWord> readWords(DataInputView source) throws IOException {
            int count = source.readInt();
            if (count == NO_WORDS) {
                return null;
            }
            List<AlignedWord> words = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                words.add(new AlignedWord(
                        ElementIo.readText(source), source.readInt(), source.readInt(), source.readDouble()));
            }
            return words;
        }

        @Override
        DecodedWindow read(int version, DataInputView source) throws IOException {
            if (version < 1 || version > 6) {
                throw unknownVersion(version);
            }
            EncodedWindow encoded = EncodedWindow.read(Math.max(1, version - 1), source);
            double decodeMs = source.readDouble();
            WindowFailure failure = EncodedWindow.readFailure(source);
            Hypothesis hypothesis = source.readBoolean() ? readHypothesis(source) : null;
            double alignMs = version == 1 ? 0 : source.readDouble();
            List<AlignedWord> words = version == 1 ? null : readWords(source);
            return new DecodedWindow(encoded, hypothesis, words, decodeMs, alignMs, failure);
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
