package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected values by Python's hashlib. */
class DigestsTest {
    @Test
    void idsAreTheSameForEver() {
        // sha256(b"1:a" b"1:1" b"-:")
        assertThat(Digests.id("a", 1, null)).isEqualTo("fbb09688d5b5f4c6576161b6eed68d00");
        assertThat(Digests.id("ab", "c")).isEqualTo("430fb1b4ac43316eca81fab27a1930ab");
    }

    @Test
    void partsDoNotRunIntoOneAnother() {
        List<String> ids = List.of(
                Digests.id("ab", "c"),
                Digests.id("a", "bc"),
                Digests.id("abc"),
                Digests.id(""),
                Digests.id((Object) null),
                Digests.id(),
                Digests.id("", ""),
                Digests.id("1:a"));
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void sha256() {
        assertThat(Digests.sha256(Digests.utf8("abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
