package io.amanuensis.operators.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.element.SpokenTurn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {
    private static SpokenTurn turn(int channel, long startMs, long endMs, int words) {
        SpokenTurn turn = new SpokenTurn();
        turn.transcriptId = channel + "@" + startMs;
        turn.channel = channel;
        turn.startMs = startMs;
        turn.endMs = endMs;
        turn.words = words;
        return turn;
    }

    @ParameterizedTest
    @CsvSource({
        // the other begins, ends, words: overlap ms, overlaps, interrupts
        "2000, 3000, 5, 0, 0, false",
        "1801, 3000, 5, 0, 0, false",
        "1800, 3000, 5, 200, 1, false",
        "1500, 3000, 5, 500, 1, true",
        "1501, 3000, 5, 499, 1, false",
        "500, 3000, 5, 1500, 1, true",
        "499, 3000, 5, 1501, 1, false",
        "1000, 1500, 3, 500, 1, true",
        "1000, 1500, 2, 500, 1, false",
    })
    void overlapsAndInterruptionsBeginAtTheirThresholds(
            long startMs, long endMs, int words, long overlapMs, int overlaps, boolean interrupts) {
        Conversation conversation = new Conversation(List.of(turn(1, startMs, endMs, words), turn(0, 0, 2000, 5)));
        assertThat(conversation.overlapMs()).isEqualTo(overlapMs);
        assertThat(conversation.overlaps()).isEqualTo(overlaps);
        assertThat(conversation.interrupts(1)).isEqualTo(interrupts);
        assertThat(conversation.interrupts(0)).isFalse();
    }

    @Test
    void turnsOfOneChannelThatTouchOrOverlapAreTalkOnceAndInterruptNobody() {
        Conversation conversation = new Conversation(
                List.of(turn(0, 0, 2000, 5), turn(0, 1000, 3000, 5), turn(0, 3000, 4000, 5), turn(1, 3900, 4500, 5)));
        assertThat(conversation.talkMs(0)).isEqualTo(4000);
        assertThat(conversation.talkMs(1)).isEqualTo(600);
        assertThat(conversation.anybodyMs()).isEqualTo(4500);
        assertThat(conversation.overlaps()).isZero();
        for (int i = 0; i < 4; i++) {
            assertThat(conversation.interrupts(i)).isFalse();
        }
    }

    @Test
    void overlapGoesOnWhenOneTurnFollowsAnother() {
        Conversation conversation =
                new Conversation(List.of(turn(0, 0, 1100, 5), turn(0, 1100, 2000, 5), turn(1, 1000, 1200, 1)));
        assertThat(conversation.overlaps()).isEqualTo(1);
        assertThat(conversation.overlapMs()).isEqualTo(200);
    }

    @Test
    void nobodyTalks() {
        Conversation conversation = new Conversation(List.of());
        assertThat(conversation.anybodyMs()).isZero();
        assertThat(conversation.talkMs(0)).isZero();
    }

    /** Against a count of every millisecond, in any order of the turns. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithACountOfMilliseconds(long seed) {
        Random random = new Random(seed);
        List<SpokenTurn> turns = new ArrayList<>();
        boolean[][] talks = new boolean[3][20_000];
        for (int i = 0; i < 40; i++) {
            int channel = random.nextInt(3);
            int start = random.nextInt(18_000);
            int end = start + random.nextInt(1, 2000);
            turns.add(turn(channel, start, end, random.nextInt(1, 6)));
            Arrays.fill(talks[channel], start, end, true);
        }
        Collections.shuffle(turns, random);
        Conversation conversation = new Conversation(turns);
        long anybody = 0;
        long overlapMs = 0;
        int overlaps = 0;
        int run = 0;
        for (int ms = 0; ms < 20_000; ms++) {
            int talking = (talks[0][ms] ? 1 : 0) + (talks[1][ms] ? 1 : 0) + (talks[2][ms] ? 1 : 0);
            anybody += talking > 0 ? 1 : 0;
            if (talking > 1) {
                run++;
            } else {
                overlaps += run >= Conversation.MIN_OVERLAP_MS ? 1 : 0;
                overlapMs += run >= Conversation.MIN_OVERLAP_MS ? run : 0;
                run = 0;
            }
        }
        assertThat(conversation.anybodyMs()).isEqualTo(anybody);
        assertThat(conversation.overlaps()).isEqualTo(overlaps);
        assertThat(conversation.overlapMs()).isEqualTo(overlapMs);
        for (int channel = 0; channel < 3; channel++) {
            long talk = 0;
            for (boolean talking : talks[channel]) {
                talk += talking ? 1 : 0;
            }
            assertThat(conversation.talkMs(channel)).isEqualTo(talk);
        }
    }
}
