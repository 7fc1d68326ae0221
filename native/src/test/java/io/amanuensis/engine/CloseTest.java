package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Any order of closing is safe, twice is harmless, and use after it says so. */
class CloseTest {
    @Test
    void aSessionOutlivesTheCloseOfItsModel() {
        Model model = Model.open(null, ModelOptions.echo());
        Session session = model.openSession();
        model.close();
        assertThat(model.handle().isFreed()).isFalse();
        assertThat(Sounds.melOf(session, Sounds.noise(1, 16_000))).isNotEmpty();
        session.close();

        assertThat(session.handle().isFreed()).isTrue();
        assertThat(model.handle().isFreed()).isTrue();
    }

    @Test
    void closingTwiceIsHarmless() {
        Model model = Model.open(null, ModelOptions.echo());
        Session first = model.openSession();
        Session second = model.openSession();
        first.close();
        first.close();
        model.close();
        model.close();

        assertThat(model.handle().isFreed()).isFalse();
        second.close();
        assertThat(model.handle().isFreed()).isTrue();
    }

    @Test
    void useAfterCloseSaysWhatIsClosed() {
        Model model = Model.open(null, ModelOptions.echo());
        Session session = model.openSession();
        Call call = Call.open();
        session.close();
        call.close();
        model.close();

        assertClosed(() -> session.logMel(new short[1], 0, 1, new float[80_000]), "session");
        assertClosed(model::openSession, "model");
        assertClosed(() -> model.textOf(new int[0]), "model");
        assertClosed(() -> call.start(Duration.ofSeconds(1)), "call");
        assertClosed(call::cancel, "call");
        assertThat(model.melBins()).isEqualTo(80);
    }

    @Test
    @Timeout(60)
    void aForgottenSessionIsFreedByTheNet() {
        try (Model model = Model.open(null, ModelOptions.echo())) {
            NativeHandle<?> forgotten = forgetASession(model);
            while (!forgotten.isFreed() && !Thread.currentThread().isInterrupted()) {
                System.gc();
                Thread.onSpinWait();
            }
            assertThat(forgotten.isFreed()).isTrue();
        }
    }

    private static NativeHandle<?> forgetASession(Model model) {
        return model.openSession().handle();
    }

    private static void assertClosed(Runnable use, String what) {
        assertThatThrownBy(use::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("This " + what + " is closed");
    }
}
