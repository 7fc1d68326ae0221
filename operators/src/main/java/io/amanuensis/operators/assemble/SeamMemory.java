package io.amanuensis.operators.assemble;

import io.amanuensis.schemas.Word;
import java.util.Arrays;

/** The last words of a window that was cut, until the next has been settled: keyed state. */
public final class SeamMemory {
    public String[] texts = {};
    /** On the call's clock. */
    public long[] startsMs = {};

    public long[] endsMs = {};
    /** Whether the window kept the word or left it to the next. */
    public boolean[] kept = {};

    public SeamMemory() {}

    void add(Word word, boolean isKept) {
        int count = texts.length;
        texts = Arrays.copyOf(texts, count + 1);
        startsMs = Arrays.copyOf(startsMs, count + 1);
        endsMs = Arrays.copyOf(endsMs, count + 1);
        kept = Arrays.copyOf(kept, count + 1);
        texts[count] = word.getText();
        startsMs[count] = word.getStartMs();
        endsMs[count] = word.getEndMs();
        kept[count] = isKept;
    }
}
