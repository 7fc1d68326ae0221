package io.amanuensis.operators.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaturationTest {
    private final List<String> news = new ArrayList<>();
    private final Saturation saturation = new Saturation(1000, new Saturation.Listener() {
        @Override
        public void began() {
            news.add("began");
        }

        @Override
        public void ended(long spilled) {
            news.add("ended after " + spilled);
        }
    });

    @Test
    void oneWindowAfterAnotherIsOnePieceOfNews() {
        saturation.reached(0);
        for (int i = 0; i < 100; i++) {
            saturation.spilled(3);
        }
        assertThat(news).containsExactly("began");
        assertThat(saturation.isSpilling()).isTrue();
    }

    @Test
    void deviceThatBarelyKeepsUpIsBusyStill() {
        saturation.spilled(2);
        saturation.reached(501);
        saturation.spilled(2);
        assertThat(saturation.isSpilling()).isTrue();
        saturation.reached(500);
        saturation.reached(0);
        assertThat(news).containsExactly("began", "ended after 4");
        assertThat(saturation.isSpilling()).isFalse();
        saturation.spilled(1);
        saturation.reached(0);
        assertThat(news).containsExactly("began", "ended after 4", "began", "ended after 1");
    }

    @Test
    void windowsThatWaitForNothingAreSpilledFromOneBatchToTheNext() {
        Saturation atOnce = new Saturation(0, new Saturation.Listener() {
            @Override
            public void began() {}

            @Override
            public void ended(long spilled) {}
        });
        atOnce.spilled(1);
        atOnce.reached(1);
        assertThat(atOnce.isSpilling()).isTrue();
        atOnce.reached(0);
        assertThat(atOnce.isSpilling()).isFalse();
    }
}
