package io.amanuensis.operators.findspeech;

import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What an {@link UtteranceFinder} says of a channel, and the sound that it keeps, without Flink. */
class RecordedChannel implements UtteranceFinder.Output, Recording.Store {
    final List<Span> spans = new ArrayList<>();
    final List<PcmWindow> windows = new ArrayList<>();
    final Map<Long, StoredChunk> chunks = new TreeMap<>();

    @Override
    public void announce(Span span) {
        spans.add(span);
    }

    @Override
    public void emit(PcmWindow window) {
        windows.add(window);
    }

    @Override
    public void put(long number, StoredChunk chunk) {
        chunks.put(number, chunk);
    }

    @Override
    public StoredChunk get(long number) {
        return chunks.get(number);
    }

    @Override
    public void remove(long number) {
        chunks.remove(number);
    }
}
