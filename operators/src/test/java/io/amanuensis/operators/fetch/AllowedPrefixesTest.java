package io.amanuensis.operators.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedPrefixesTest {
    private final AllowedPrefixes allowed = AllowedPrefixes.of(List.of("file:///data/calls/", "s3://bucket/2026/"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///data/calls/1.wav",
                "file:///data/calls/a/b%20c.wav",
                "FILE:/data/calls/1.wav",
                "s3://bucket/2026/11/1.flac",
                "file:///data/calls/..wav"
            })
    void whatLiesBelow(String uri) {
        assertThat(allowed.allow(uri)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///data/calls/",
                "file:///data/calls",
                "file:///data/callsign/1.wav",
                "file:///data/calls/../secret",
                "file:///data/calls/a/../../../etc/passwd",
                "file:///data/calls/./1.wav",
                "file:///data/calls/%2e%2e/secret",
                "file:///data/calls/%252e%252e/secret",
                "file:///data/calls//1.wav",
                "file:///data/calls/a%5c..%5cb",
                "file:///data/calls/a%00.wav",
                "file://host/data/calls/1.wav",
                "file:data/calls/1.wav",
                "/data/calls/1.wav",
                "s3://other/2026/1.flac",
                "s3://bucket/2025/1.flac",
                "s3://key:secret@bucket/2026/1.flac",
                "s3://bucket/2026/1.flac?versionId=1",
                "s3://bucket/2026/1.flac#x",
                "s3a://bucket/2026/1.flac",
                "http://bucket/2026/1.flac",
                "file:///data/calls/not a uri",
                ""
            })
    void whatDoesNotOrMayNot(String uri) {
        assertThat(allowed.allow(uri)).isFalse();
    }

    @Test
    void nothingIsAllowedUnlessToldSo() {
        assertThat(AllowedPrefixes.of(List.of()).allow("file:///data/calls/1.wav"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/data/calls/", "file:///data/calls", "s3://bucket", "file:///data/../", "data", "", "::"})
    void aFolderIsAUriThatEndsInASlash(String folder) {
        assertThatThrownBy(() -> AllowedPrefixes.of(List.of(folder)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("s3://bucket/calls/");
    }
}
