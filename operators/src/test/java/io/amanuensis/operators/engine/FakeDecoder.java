package io.amanuensis.operators.engine;

import io.amanuensis.engine.AlignedWord;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.EngineExceptions;
import io.amanuensis.engine.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decoders that a test tells what to do. A window's states are one byte, its name; it ends when the test says so, as
 * "name/temperature".
 */
final class FakeDecoder {
    /** How many were opened, and are open now. */
    int opened;

    int open;
    /** Names that end at the next advance; all of them if null. */
    Set<Integer> ending;
    /** Names under which an advance breaks down, and with what. */
    final Map<Integer, Status> breaking = new LinkedHashMap<>();
    /** Names whose result, alignment or joining is an error. */
    final Map<Integer, Status> bad = new LinkedHashMap<>();

    final Map<Integer, Status> badAlignment = new LinkedHashMap<>();

    final Map<Integer, Status> badJoining = new LinkedHashMap<>();
    /** Time that every advance takes. */
    Duration advanceTime = Duration.ZERO;

    Duration alignTime = Duration.ZERO;
    /** What was at work in each advance. */
    final List<List<Integer>> advances = new ArrayList<>();

    Duration lastTimeout;
    int interrupts;
    long nanos;
    private long nextTicket = 1;

    RunningDecoder open() {
        opened++;
        open++;
        return new One();
    }

    private static final class Window {
        final int name;
        DecodingOptions options;
        boolean ended;

        Window(int name, DecodingOptions options) {
            this.name = name;
            this.options = options;
        }
    }

    private final class One implements RunningDecoder {
        private final Map<Long, Window> windows = new LinkedHashMap<>();

        @Override
        public long add(byte[] states, DecodingOptions options) {
            throwIf(badJoining.get((int) states[0]));
            windows.put(nextTicket, new Window(states[0], options));
            return nextTicket++;
        }

        @Override
        public long[] advance(Duration timeout) {
            lastTimeout = timeout;
            advances.add(windows.values().stream().map(window -> window.name).toList());
            windows.values().forEach(window -> throwIf(breaking.get(window.name)));
            if (advanceTime.compareTo(timeout) >= 0) {
                nanos += timeout.toNanos();
                throw EngineExceptions.of(Status.DEADLINE);
            }
            nanos += advanceTime.toNanos();
            return windows.entrySet().stream()
                    .filter(entry -> !entry.getValue().ended)
                    .filter(entry -> ending == null || ending.contains(entry.getValue().name))
                    .peek(entry -> entry.getValue().ended = true)
                    .mapToLong(Map.Entry::getKey)
                    .toArray();
        }

        @Override
        public Decoding result(long ticket) {
            Window window = ended(ticket);
            throwIf(bad.get(window.name));
            DecodingOptions with = window.options;
            return new Decoding(
                    new int[] {window.name},
                    window.name + "/" + with.temperature(),
                    with.language(),
                    with.temperature() - 1.5,
                    0,
                    1,
                    true);
        }

        /** One word: what it was asked for. */
        @Override
        public List<AlignedWord> align(long ticket, int[] tokens, int sampleCount, String language) {
            Window window = ended(ticket);
            throwIf(badAlignment.get(window.name));
            nanos += alignTime.toNanos();
            return List.of(new AlignedWord(language + Arrays.toString(tokens), 0, sampleCount, 1));
        }

        @Override
        public void retry(long ticket, DecodingOptions options) {
            Window window = ended(ticket);
            window.options = options;
            window.ended = false;
        }

        @Override
        public void remove(long ticket) {
            if (windows.remove(ticket) == null) {
                throw new AssertionError("no window " + ticket);
            }
        }

        private Window ended(long ticket) {
            Window window = windows.get(ticket);
            if (window == null || !window.ended) {
                throw new AssertionError("no window that has ended: " + ticket);
            }
            return window;
        }

        @Override
        public void interrupt() {
            interrupts++;
        }

        @Override
        public void close() {
            open--;
        }
    }

    private static void throwIf(Status status) throws EngineException {
        if (status != null) {
            throw EngineExceptions.of(status);
        }
    }
}
