package io.amanuensis.operators.engine;

import io.amanuensis.engine.Engine;

/**
 * Engines of a process whose native computations, all together, take so many threads. The budget is the process's: it is set
 * whenever an engine is opened, and whoever sets it last has it.
 *
 * @param threads 0 to {@link #MOST_THREADS}; 0 is the processors that the JVM may use, which heeds the limits of a container
 */
public record ThreadBudget(int threads, SpeechEngine.Provider engines) implements SpeechEngine.Provider {
    public static final int MOST_THREADS = 256;

    @Override
    public SpeechEngine open() {
        int processors = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        Engine.setThreads(threads == 0 ? processors : threads);
        return engines.open();
    }
}
