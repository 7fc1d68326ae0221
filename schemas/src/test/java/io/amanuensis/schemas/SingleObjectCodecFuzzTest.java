package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes, {@code decode} returns a record or says that they are none; anything else fails the test. */
class SingleObjectCodecFuzzTest {
    private static final int MESSAGES_PER_SEED = 5_000;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void damagedMessages(long seed) {
        Random random = new Random(seed);
        for (SpecificRecordBase sample : Samples.all()) {
            byte[] message = Samples.codec(sample).encode(sample);
            int unreadable = decodeAll(sample, () -> damaged(message, random));
            assertThat(unreadable).as("seed %d", seed).isBetween(MESSAGES_PER_SEED / 10, MESSAGES_PER_SEED);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {4, 5, 6})
    void randomBodies(long seed) {
        Random random = new Random(seed);
        for (SpecificRecordBase sample : Samples.all()) {
            byte[] header = Arrays.copyOf(Samples.codec(sample).encode(sample), 10);
            int unreadable = decodeAll(sample, () -> {
                byte[] message = Arrays.copyOf(header, 10 + random.nextInt(200));
                for (int i = 10; i < message.length; i++) {
                    message[i] = (byte) random.nextInt(random.nextBoolean() ? 256 : 8);
                }
                return message;
            });
            assertThat(unreadable).as("seed %d", seed).isGreaterThan(MESSAGES_PER_SEED / 2);
        }
    }

    private static <T extends SpecificRecordBase> int decodeAll(T sample, Supplier<byte[]> messages) {
        SingleObjectCodec<T> codec = Samples.codec(sample);
        int unreadable = 0;
        for (int i = 0; i < MESSAGES_PER_SEED; i++) {
            byte[] message = messages.get();
            try {
                codec.encode(codec.decode(message));
            } catch (UnreadableRecordException e) {
                unreadable++;
            }
        }
        return unreadable;
    }

    /** Up to four bytes changed, perhaps cut or longer. Lengths are single bytes in the samples, so they are hit often. */
    private static byte[] damaged(byte[] message, Random random) {
        boolean resized = random.nextInt(4) == 0;
        byte[] damaged = Arrays.copyOf(message, resized ? random.nextInt(message.length + 20) : message.length);
        for (int i = random.nextInt(5); i > 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }
}
