package io.amanuensis.job.cli;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error if that is a terminal, else nothing. */
final class Progress implements AutoCloseable {
    /** Set by the launcher, which can tell a terminal from a file; Java can only for input and output together. */
    static final String TERMINAL_PROPERTY = "amanuensis.terminal";

    /** How much there is to do is not known. */
    static final long UNKNOWN = -1;

    private static final int REDRAW_MS = 200;

    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    /** @param unit with a blank before it */
    static Progress of(String task, String unit, long all) {
        return of(task, unit, all, builder -> {});
    }

    /** With a rate: units a second. @param unit with a blank before it */
    static Progress withRate(String task, String unit, long all) {
        return of(
                task,
                unit,
                all,
                builder -> builder.showSpeed(
                        new DecimalFormat("0.0" + unit, DecimalFormatSymbols.getInstance(Locale.ROOT))));
    }

    /** Of the terminal, less one, so that the cursor stays on the line; 79 if it does not say. */
    static int columns() {
        return new ConsoleProgressBarConsumer(System.err).getMaxRenderedLength();
    }

    private static Progress of(String task, String unit, long all, Consumer<ProgressBarBuilder> more) {
        boolean terminal =
                Boolean.parseBoolean(System.getProperty(TERMINAL_PROPERTY, Boolean.toString(System.console() != null)));
        if (!terminal) {
            return new Progress(null);
        }
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(all)
                .setUnit(unit, 1)
                .setUpdateIntervalMillis(REDRAW_MS)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(System.err));
        more.accept(builder);
        return new Progress(builder.build());
    }

    void at(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /** Something else that changes. */
    void say(String message) {
        if (bar != null) {
            bar.setExtraMessage(message);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
