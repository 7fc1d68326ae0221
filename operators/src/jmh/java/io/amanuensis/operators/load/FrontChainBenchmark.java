package io.amanuensis.operators.load;

import io.amanuensis.operators.lifetime.StageHarness.Backend;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A record of 250 ms through sequence, decode-audio and find-speech. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class FrontChainBenchmark {
    @Param
    Backend backend;

    private FrontChain chain;

    @Setup
    public void open() throws Exception {
        chain = new FrontChain(backend);
    }

    @Benchmark
    public int record() throws Exception {
        return chain.next();
    }

    @TearDown
    public void close() throws Exception {
        chain.close();
    }
}
