package io.amanuensis.job.cli;

import io.amanuensis.job.demo.DemoCall;
import io.amanuensis.job.demo.DemoResult;
import io.amanuensis.job.demo.DemoStage;
import io.amanuensis.job.demo.PublishedReader.Published;
import io.amanuensis.job.format.Timestamps;
import io.amanuensis.job.score.CallScore;
import io.amanuensis.job.score.LongFormReference;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.Transcript;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What the demonstration prints. Colours, and what is being said, only on a terminal. */
final class DemoConsole {
    private static final Comparator<Transcript> BY_CALL_AND_TIME = Comparator.comparing(Transcript::getCallId)
            .thenComparingLong(Transcript::getStartMs)
            .thenComparingInt(Transcript::getChannel);

    private final PrintWriter out;
    private final Ansi ansi;
    /** Null if this is no terminal. */
    private final LiveSpeech live;

    private String heading = "";

    DemoConsole(CommandLine commandLine) {
        this.out = commandLine.getOut();
        this.ansi = commandLine.getColorScheme().ansi();
        this.live = ansi.enabled() ? new LiveSpeech(out, Progress.columns()) : null;
    }

    void starting(int calls, String model) {
        line("Starting Kafka and Flink for %d calls%s ...", calls, model == null ? "" : " with the model in " + model);
    }

    void started(DemoStage stage) {
        line("Kafka %s   Flink %s", stage.bootstrapServers(), stage.webUi());
    }

    /** Turns of several calls are published together: each run of one call gets its heading. */
    void published(Published published) {
        if (live != null) {
            live.erase();
            published.partials().forEach(live::heard);
            published.transcripts().forEach(live::said);
            published.calls().forEach(live::ended);
        }
        published.transcripts().stream().sorted(BY_CALL_AND_TIME).forEach(this::turn);
        published.deadLetters().forEach(this::deadLetter);
        if (live != null) {
            live.draw();
        }
    }

    void summary(DemoResult result, LongFormReference reference) {
        if (live != null) {
            live.erase();
        }
        line("");
        line("%-26s %8s %10s %12s", "", "words", "WER", "reference *");
        for (DemoCall call : result.calls()) {
            score(
                    call.name(),
                    result.score(call),
                    reference.werPercent(call.recording().getFileName().toString()));
        }
        score(
                "all calls",
                result.score(),
                reference.werPercent(result.calls().stream()
                        .map(call -> call.recording().getFileName().toString())
                        .toArray(String[]::new)));
        line("* the same model by its float32 reference decoder, 16 kHz sound, windows moved as Whisper does");
        line("");
        result.score().medianWordStartErrorMs().ifPresent(ms -> line("Word starts    median error %.0f ms", ms));
        result.records().forEach(this::ledger);
        line("Dead letters   %d", result.deadLetters().size());
        line(
                "Speed          %.1f s of sound on %d channels in %.1f s: %.1f times real time",
                seconds(result.sound()), 2 * result.calls().size(), seconds(result.wall()), result.timesRealTime());
    }

    void keeping(DemoStage stage) {
        line("");
        line("Kafka %s and Flink's web UI %s stay up. Ctrl-C ends them.", stage.bootstrapServers(), stage.webUi());
    }

    void ending(DemoStage stage) {
        line("Web UI         was at %s; --keep leaves it up", stage.webUi());
    }

    private void turn(Transcript transcript) {
        if (!transcript.getCallId().equals(heading)) {
            heading = transcript.getCallId();
            line("%n@|bold %s|@", heading);
        }
        String colour = transcript.getRole() == ChannelRole.AGENT ? "cyan" : "yellow";
        out.print(ansi.string(String.format(
                Locale.ROOT,
                "%s  @|%s %-9s|@ ",
                Timestamps.vtt(transcript.getStartMs()),
                colour,
                transcript.getRole())));
        // Not through Ansi: a transcript may hold its markup.
        out.println(transcript.getText().strip());
        out.flush();
    }

    private void deadLetter(DeadLetter letter) {
        out.println(ansi.string("@|red dead letter|@ ") + letter.getCause() + " in " + letter.getStage() + ": "
                + letter.getMessage());
        out.flush();
    }

    private void score(String name, CallScore score, OptionalDouble referencePercent) {
        line(
                "%-26s %8d %8.1f %% %10s",
                name,
                score.errors().referenceWords(),
                score.errors().percent(),
                referencePercent.isPresent()
                        ? String.format(Locale.ROOT, "%.1f %%", referencePercent.getAsDouble())
                        : "-");
    }

    private void ledger(CallRecord call) {
        line(
                "Ledger         %-26s %7.1f s = text %.1f + non-speech %.1f + gap %.1f + dead letter %.1f: %s",
                call.getCallId(),
                seconds(call, ChannelAccount::getLengthMs),
                seconds(call, ChannelAccount::getTextMs),
                seconds(call, ChannelAccount::getNonSpeechMs),
                seconds(call, ChannelAccount::getGapMs),
                seconds(call, ChannelAccount::getDeadLetterMs),
                call.getLedgerClosed() ? "closed" : "@|red not closed|@");
    }

    private static double seconds(CallRecord call, ToLongFunction<ChannelAccount> ms) {
        return call.getChannels().stream().mapToLong(ms).sum() / 1000.0;
    }

    private void line(String format, Object... arguments) {
        out.println(ansi.string(String.format(Locale.ROOT, format, arguments)));
        out.flush();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
