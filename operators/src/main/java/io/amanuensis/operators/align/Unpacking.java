package io.amanuensis.operators.align;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.DecodedWindow.Hypothesis;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.PackedUtterance;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.element.WindowInfo;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes of a window that several utterances share a window for each, as if it had been decoded alone: its words, on its own
 * clock, and the text that they stand in. Tokens, probabilities and checksum are those of the whole window, and the time spent is
 * divided.
 *
 * <p>A word belongs to the utterance in whose sound its middle lies; in the silence between two, to the nearer. An utterance without
 * words is without speech. Where the model holds that nobody speaks in the whole window, what it wrote all the same stays with
 * the first utterance. What fails the window fails each of them.
 */
final class Unpacking {
    private Unpacking() {}

    /** The window itself if it is one utterance's own. */
    static List<DecodedWindow> utterances(DecodedWindow window) {
        List<PackedUtterance> packed = window.encoded().info().packed;
        if (packed.isEmpty()) {
            return List.of(window);
        }
        List<DecodedWindow> utterances = new ArrayList<>(packed.size());
        for (int i = 0; i < packed.size(); i++) {
            utterances.add(utterance(window, packed, i));
        }
        return utterances;
    }

    private static DecodedWindow utterance(DecodedWindow window, List<PackedUtterance> packed, int index) {
        EncodedWindow encoded = encoded(window.encoded(), packed.get(index).info(), packed.size());
        if (window.failure() != null) {
            return DecodedWindow.failed(encoded, window.failure());
        }
        Hypothesis all = window.hypothesis();
        if (!all.speech()) {
            return window(window, encoded, hypothesis(all, index == 0 ? all.text() : "", false), null);
        }
        if (window.words() == null) {
            return DecodedWindow.failed(encoded, withoutTimes(packed.size()));
        }
        List<AlignedWord> words = new ArrayList<>();
        for (AlignedWord word : window.words()) {
            if (owner(word, packed) == index) {
                words.add(onClockOf(packed.get(index), word));
            }
        }
        String text = TextOfWords.of(
                all.text(),
                window.words().stream().map(AlignedWord::text).toList(),
                word -> owner(window.words().get(word), packed) == index);
        return window(window, encoded, hypothesis(all, text, !text.isEmpty()), words);
    }

    private static WindowFailure withoutTimes(int utterances) {
        return new WindowFailure(
                Uids.ALIGN,
                DeadLetterCause.ENGINE_FAILURE,
                "the text of %d utterances in one window has no word times to divide it by; turn find-speech.packing off"
                        .formatted(utterances));
    }

    private static DecodedWindow window(
            DecodedWindow of, EncodedWindow encoded, Hypothesis hypothesis, List<AlignedWord> words) {
        int count = of.encoded().info().packed.size();
        return new DecodedWindow(encoded, hypothesis, words, of.decodeMs() / count, of.alignMs() / count, null);
    }

    private static EncodedWindow encoded(EncodedWindow of, WindowInfo info, int count) {
        EncodedWindow whole = of.withoutStates();
        return new EncodedWindow(
                info,
                whole.states(),
                whole.checksum(),
                whole.engine(),
                whole.featurizeMs() / count,
                whole.encodeMs() / count,
                whole.level(),
                whole.failure());
    }

    private static Hypothesis hypothesis(Hypothesis of, String text, boolean speech) {
        return new Hypothesis(
                of.tokens(),
                text,
                of.language(),
                of.averageLogProbability(),
                of.noSpeechProbability(),
                Decoding.compressionRatioOf(text),
                speech);
    }

    private static int owner(AlignedWord word, List<PackedUtterance> packed) {
        int middle = word.startMs() + word.endMs();
        int owner = packed.size() - 1;
        while (owner > 0
                && middle < packed.get(owner - 1).endMs() + packed.get(owner).startMs()) {
            owner--;
        }
        return owner;
    }

    private static AlignedWord onClockOf(PackedUtterance utterance, AlignedWord word) {
        return new AlignedWord(
                word.text(), within(utterance, word.startMs()), within(utterance, word.endMs()), word.probability());
    }

    private static int within(PackedUtterance utterance, int ms) {
        return Math.max(utterance.startMs(), Math.min(utterance.endMs(), ms)) - utterance.startMs();
    }
}
