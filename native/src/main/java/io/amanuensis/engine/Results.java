package io.amanuensis.engine;

import com.sun.jna.Pointer;
import io.amanuensis.engine.AmanuensisLibrary.AmAlignment;
import io.amanuensis.engine.AmanuensisLibrary.AmDecoding;
import java.util.ArrayList;
import java.util.List;

/** Copies results out of the library into records. */
final class Results {
    private Results() {}

    static Decoding decoding(AmDecoding decoding, int window, OutCells cells) {
        EngineException.check(AmanuensisLibrary.am_decoding_tokens(decoding, window, cells.pointer, cells.number));
        int[] tokens = tokens(cells.pointer.getValue(), cells.number.getValue());
        EngineException.check(AmanuensisLibrary.am_decoding_text(decoding, window, cells.pointer));
        String text = cells.text();
        EngineException.check(AmanuensisLibrary.am_decoding_language(decoding, window, cells.pointer));
        String language = cells.text();
        return new Decoding(
                tokens,
                text,
                language,
                measure(decoding, window, "average-log-probability", cells),
                measure(decoding, window, "no-speech-probability", cells),
                Decoding.compressionRatioOf(text),
                measure(decoding, window, "end-reached", cells) != 0);
    }

    static List<AlignedWord> words(AmAlignment alignment, OutCells cells) {
        EngineException.check(AmanuensisLibrary.am_alignment_count(alignment, cells.first));
        int count = cells.first.getValue();
        List<AlignedWord> words = new ArrayList<>(count);
        for (int word = 0; word < count; word++) {
            EngineException.check(AmanuensisLibrary.am_alignment_word(
                    alignment, word, cells.pointer, cells.first, cells.second, cells.measure));
            words.add(new AlignedWord(
                    cells.text(), cells.first.getValue(), cells.second.getValue(), cells.measure.getValue()));
        }
        return List.copyOf(words);
    }

    private static double measure(AmDecoding decoding, int window, String key, OutCells cells) {
        EngineException.check(AmanuensisLibrary.am_decoding_measure(decoding, window, key, cells.measure));
        return cells.measure.getValue();
    }

    private static int[] tokens(Pointer first, long count) {
        // The pointer of an empty decoding may be null.
        return count == 0 ? new int[0] : first.getIntArray(0, Math.toIntExact(count));
    }
}
