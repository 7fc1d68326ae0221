package io.amanuensis.operators.account;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallAccountTest {
    /** What is bounded is what the texts take in state and record, not their characters. */
    @Test
    void textsAreCountedInBytes() {
        CallAccount account = new CallAccount();
        String threeBytesEach = "\u8a9e".repeat(CallRecords.MAX_RECORD_BYTES / 3);
        assertThat(account.takesText(threeBytesEach)).isTrue();
        assertThat(account.takesText("a")).isTrue();
        assertThat(account.textBytes).isEqualTo(CallRecords.MAX_RECORD_BYTES);
        assertThat(account.takesText("a")).isFalse();
    }
}
