package io.amanuensis.job.models;

import java.util.ArrayList;
import java.util.List;

/**
 * The characters that byte-level BPE writes bytes with: those that print stand for themselves, the others get the characters from
 * 256 on.
 */
final class ByteAlphabet {
    static final int SIZE = 256;

    /** Byte 32, which words begin with. */
    static final String BLANK = "\u0120";

    private ByteAlphabet() {}

    /** In the order of their tokens: first the bytes that print. */
    static List<String> characters() {
        List<String> characters = new ArrayList<>();
        for (int code = 0; code < SIZE; code++) {
            if (prints(code)) {
                characters.add(Character.toString(code));
            }
        }
        for (int code = SIZE; characters.size() < SIZE; code++) {
            characters.add(Character.toString(code));
        }
        return characters;
    }

    private static boolean prints(int code) {
        return code >= '!' && code <= '~' || code >= 0xA1 && code <= 0xAC || code >= 0xAE;
    }
}
