package io.amanuensis.job.format;

import java.util.Locale;

/** Times as people write them. All take ms from the beginning of the recording. */
public final class Timestamps {
    private static final long MS_PER_SECOND = 1000;
    private static final long MS_PER_MINUTE = 60 * MS_PER_SECOND;
    private static final long MS_PER_HOUR = 60 * MS_PER_MINUTE;

    private Timestamps() {}

    /** SubRip: {@code HH:MM:SS,mmm}. */
    static String srt(long ms) {
        return hours(ms) + minutes(ms).replace('.', ',');
    }

    /** WebVTT: {@code MM:SS.mmm}, with {@code HH:} before it from the first hour on. */
    public static String vtt(long ms) {
        return (ms < MS_PER_HOUR ? "" : hours(ms)) + minutes(ms);
    }

    private static String hours(long ms) {
        return String.format(Locale.ROOT, "%02d:", ms / MS_PER_HOUR);
    }

    private static String minutes(long ms) {
        return String.format(
                Locale.ROOT,
                "%02d:%02d.%03d",
                ms % MS_PER_HOUR / MS_PER_MINUTE,
                ms % MS_PER_MINUTE / MS_PER_SECOND,
                ms % MS_PER_SECOND);
    }
}
