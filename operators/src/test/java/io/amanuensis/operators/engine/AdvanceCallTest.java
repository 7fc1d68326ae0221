package io.amanuensis.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amanuensis.engine.Call;
import io.amanuensis.engine.EngineException;
import io.amanuensis.engine.EngineExceptions;
import io.amanuensis.engine.Status;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AdvanceCallTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String ADVANCED = "advanced";
    private static final String INTERRUPTED = "interrupted";
    private static final Function<Call, String> CANCELLED = library -> {
        throw EngineExceptions.of(Status.CANCELLED);
    };

    @Test
    void anInterruptionThatComesAfterItsAdvanceEndsTheNextHarmlessly() {
        try (AdvanceCall call = new AdvanceCall()) {
            // The first advance has seen the interruption and forgotten it; the library's part of it comes during the
            // second.
            assertThat(call.run(LIMIT, library -> ADVANCED, INTERRUPTED)).isEqualTo(ADVANCED);
            assertThat(call.run(LIMIT, CANCELLED, INTERRUPTED)).isEqualTo(INTERRUPTED);
            assertThat(call.run(LIMIT, library -> ADVANCED, INTERRUPTED)).isEqualTo(ADVANCED);
        }
    }

    @Test
    void aCancellationIsNone() {
        try (AdvanceCall call = new AdvanceCall()) {
            call.cancel();
            assertThatThrownBy(() -> call.run(LIMIT, CANCELLED, INTERRUPTED)).isInstanceOf(EngineException.class);
        }
    }
}
