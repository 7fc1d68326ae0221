package io.amanuensis.job.cli;

import java.io.PrintWriter;

/**
 * Closes a resource when the process is told to end, so that Ctrl-C leaves no files behind. Stands after its resource in a
 * try-with-resources.
 */
final class AtExit implements AutoCloseable {
    private static volatile boolean ending;

    private final Thread hook;

    private AtExit(Thread hook) {
        this.hook = hook;
    }

    static AtExit close(AutoCloseable resource, PrintWriter err) {
        AtExit atExit = new AtExit(new Thread(
                () -> {
                    ending = true;
                    try {
                        resource.close();
                    } catch (Exception e) {
                        err.println("amanuensis: files may be left in " + System.getProperty("java.io.tmpdir") + ": "
                                + e.getMessage());
                    }
                },
                "at-exit"));
        Runtime.getRuntime().addShutdownHook(atExit.hook);
        return atExit;
    }

    /** Whether the process has been told to end. */
    static boolean isEnding() {
        return ending;
    }

    /** Leaves the closing to the resource's owner. */
    @Override
    public void close() {
        if (!ending) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
