package io.amanuensis.job.play;

import com.sun.management.OperatingSystemMXBean;
import io.amanuensis.job.demo.CallPlayer;
import io.amanuensis.job.demo.Pace;
import io.amanuensis.job.demo.PublishedReader.Published;
import io.amanuensis.job.demo.Sending;
import io.amanuensis.job.files.SegmentTime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Sends calls to a topic and measures what is published meanwhile. {@link #send} and {@link #published} may run at the same time. */
public final class Play {
    private final List<Path> recordings;
    private final PlaySettings settings;
    private final LongConsumer onSentMs;
    private final LongSupplier epochMs;
    private final Latencies latencies;
    private volatile HeldLoad held;
    private volatile Sent sent;

    private record Sent(double soundSeconds, double wallSeconds, List<PlayedCall> calls) {}

    /**
     * @param recordings of 8 or 16 kHz
     * @param onSentMs is told how much sound has been sent, all channels together
     */
    public Play(List<Path> recordings, PlaySettings settings, LongConsumer onSentMs) {
        this(recordings, settings, onSentMs, System::currentTimeMillis);
    }

    Play(List<Path> recordings, PlaySettings settings, LongConsumer onSentMs, LongSupplier epochMs) {
        this.recordings = List.copyOf(recordings);
        this.settings = settings;
        this.onSentMs = onSentMs;
        this.epochMs = epochMs;
        this.latencies = settings.paced() ? new Latencies(settings.speed()) : null;
    }

    /** How much sound will be sent, all channels together, if none is lost. @throws IOException if one cannot be read */
    public static long soundMs(List<Path> recordings, PlaySettings settings) throws IOException {
        return new Lines(recordings, settings, 0).soundMs();
    }

    /**
     * Sends all of it and returns when Kafka has it.
     *
     * @throws IOException if a recording cannot be read, or a segment not be sent
     */
    public void send(CallPlayer player) throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        Lines lines = new Lines(recordings, settings, epochMs.getAsLong());
        Pace pace = settings.paced() ? Pace.times(settings.speed()) : Pace.UNPACED;
        SoundSent sound = new SoundSent();
        player.play(sendings(lines), pace, sound::add);
        sent = new Sent(sound.ms / 1e3, (System.nanoTime() - startNanos) / 1e9, lines.played());
    }

    private Iterator<Sending> sendings(Lines lines) {
        if (settings.hold() == null) {
            return lines.sendings();
        }
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        held = new HeldLoad(settings.hold(), settings.lines(), machine::getCpuLoad, lines::dial);
        return held;
    }

    private final class SoundSent {
        private long ms;

        void add(Sending sending) {
            ms += SegmentTime.lengthMs(sending.segment());
            onSentMs.accept(ms);
        }
    }

    /** Something has been published, and was seen now. */
    public void published(Published published) {
        HeldLoad load = held;
        if (latencies == null || (settings.hold() != null && (load == null || !load.isHeld()))) {
            return;
        }
        long now = epochMs.getAsLong();
        published.transcripts().stream()
                .filter(transcript -> isPlayed(transcript.getTenant(), transcript.getCallId()))
                .forEach(transcript -> latencies.seen(transcript, now));
        published.partials().stream()
                .filter(partial -> isPlayed(partial.getTenant(), partial.getCallId()))
                .forEach(partial -> latencies.seen(partial, now));
    }

    private boolean isPlayed(String tenant, String callId) {
        return tenant.equals(Lines.TENANT) && callId.startsWith(settings.run() + "-");
    }

    /** So far; null if the calls are not played in a time of their own. */
    public Latencies.Summary finals() {
        return latencies == null ? null : latencies.finals();
    }

    /** So far; null if the calls are not played in a time of their own. */
    public Latencies.Summary partials() {
        return latencies == null ? null : latencies.partials();
    }

    /** The load held so far; null if none is to be held, or none has been played. */
    public HeldLoad.Load held() {
        return held == null ? null : held.load();
    }

    /** After {@link #send}. */
    public PlayReport report() {
        return new PlayReport(settings, sent.soundSeconds, sent.wallSeconds, sent.calls, finals(), partials(), held());
    }
}
