package io.amanuensis.operators.load;

import java.io.IOException;
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
import org.openjdk.jmh.annotations.Warmup;

/** An element to bytes, from bytes, and copied as between chained stages. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class SerializerBenchmark {
    @Param
    SerializerLoad.Element element;

    private SerializerLoad load;

    @Setup
    public void open() throws IOException {
        load = new SerializerLoad(element);
    }

    @Benchmark
    public int serialize() throws IOException {
        return load.serialize();
    }

    @Benchmark
    public Object deserialize() throws IOException {
        return load.deserialize();
    }

    @Benchmark
    public Object copy() {
        return load.copy();
    }
}
