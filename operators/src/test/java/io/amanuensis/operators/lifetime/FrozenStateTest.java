package io.amanuensis.operators.lifetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.operators.account.CallAccount;
import io.amanuensis.operators.assemble.SeamMemory;
import io.amanuensis.operators.assemble.SpanKey;
import io.amanuensis.operators.decodeaudio.ChannelSound;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.SpokenTurn;
import io.amanuensis.operators.findspeech.ChannelSpeech;
import io.amanuensis.operators.findspeech.Following;
import io.amanuensis.operators.findspeech.StoredChunk;
import io.amanuensis.operators.partials.ChannelProgress;
import io.amanuensis.operators.partials.Draft;
import io.amanuensis.operators.sequence.ChannelOrder;
import io.amanuensis.operators.sequence.GapAlarm;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The state of {@code sequence}, {@code decode-audio}, {@code find-speech}, {@code assemble}, {@code partials} and {@code account} as bytes
 * of a savepoint, each with the description of its type: {@code TYPE.vN.hex}. A type that changes needs another version beside the old ones; delete
 * nothing. {@link #main} writes the next.
 */
class FrozenStateTest {
    private static final Path FOLDER = Path.of("src/test/resources/io/amanuensis/operators/lifetime");

    static List<Class<?>> types() {
        return List.of(
                ChannelOrder.class,
                Segment.class,
                GapAlarm.class,
                ChannelLifetime.Mark.class,
                ChannelSound.class,
                ChannelSpeech.class,
                Following.class,
                StoredChunk.class,
                SpanKey.class,
                Span.class,
                SeamMemory.class,
                ChannelProgress.class,
                Draft.class,
                CallAccount.class,
                SpokenTurn.class,
                SettledSpan.class);
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyVersionIsRead(Class<?> type) throws Exception {
        int newest = versions(type);
        assertThat(newest).as("versions of %s", type).isPositive();
        for (int version = 1; version <= newest; version++) {
            DataInputDeserializer source = new DataInputDeserializer(frozen(type, version));
            TypeSerializerSnapshot<Object> snapshot = TypeSerializerSnapshot.readVersionedSnapshot(
                    source, getClass().getClassLoader());
            TypeSerializerSchemaCompatibility<Object> compatibility =
                    serializer(type).snapshotConfiguration().resolveSchemaCompatibility(snapshot);
            assertThat(compatibility.isIncompatible()).as("version %d", version).isFalse();
            Object restored = snapshot.restoreSerializer().deserialize(source);
            assertThat(source.available()).isZero();
            if (version == newest) {
                assertThat(compatibility.isCompatibleAsIs())
                        .as("the type has changed; write version %d", newest + 1)
                        .isTrue();
                assertThat(restored).usingRecursiveComparison().isEqualTo(sample(type, type.getSimpleName()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void theNewestVersionIsWritten(Class<?> type) throws Exception {
        assertThat(bytes(type)).isEqualTo(frozen(type, versions(type)));
    }

    private static int versions(Class<?> type) {
        int version = 0;
        while (FrozenStateTest.class.getResource(name(type, version + 1)) != null) {
            version++;
        }
        return version;
    }

    private static String name(Class<?> type, int version) {
        return "%s.v%d.hex".formatted(type.getSimpleName(), version);
    }

    private static byte[] frozen(Class<?> type, int version) throws IOException {
        try (InputStream file = FrozenStateTest.class.getResourceAsStream(name(type, version))) {
            return HexFormat.of()
                    .parseHex(new String(file.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s", ""));
        }
    }

    private static byte[] bytes(Class<?> type) throws Exception {
        TypeSerializer<Object> serializer = serializer(type);
        DataOutputSerializer target = new DataOutputSerializer(1024);
        TypeSerializerSnapshot.writeVersionedSnapshot(target, serializer.snapshotConfiguration());
        serializer.serialize(sample(type, type.getSimpleName()), target);
        return target.getCopyOfBuffer();
    }

    @SuppressWarnings("unchecked")
    private static TypeSerializer<Object> serializer(Class<?> type) {
        return (TypeSerializer<Object>) TypeInformation.of(type).createSerializer(new SerializerConfigImpl());
    }

    /** With a value in every field, which depends on the field's name alone. */
    private static Object sample(Class<?> type, String path) throws Exception {
        int number = path.hashCode();
        if (type == boolean.class) {
            return true;
        } else if (type == byte.class) {
            return (byte) number;
        } else if (type == short.class) {
            return (short) number;
        } else if (type == int.class) {
            return number;
        } else if (type == long.class) {
            return 1_000_003L * number;
        } else if (type == float.class) {
            return number / 1024f;
        } else if (type == double.class) {
            return number / 1024.0;
        } else if (type == String.class) {
            return path;
        } else if (type.isEnum()) {
            return type.getEnumConstants()[Math.floorMod(number, type.getEnumConstants().length)];
        } else if (type.isArray()) {
            Object array = Array.newInstance(type.getComponentType(), 2);
            for (int i = 0; i < 2; i++) {
                Array.set(array, i, sample(type.getComponentType(), path + i));
            }
            return array;
        }
        Object sample = type.getDeclaredConstructor().newInstance();
        for (Field field : type.getFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                field.set(sample, sample(field.getType(), path + "." + field.getName()));
            }
        }
        return sample;
    }

    /** Writes the next version of the types named, in {@code operators/}. */
    public static void main(String[] args) throws Exception {
        Files.createDirectories(FOLDER);
        for (Class<?> type : types()) {
            if (List.of(args).contains(type.getSimpleName())) {
                String hex = HexFormat.of().formatHex(bytes(type)).replaceAll("(.{100})", "$1\n");
                Files.writeString(FOLDER.resolve(name(type, versions(type) + 1)), hex + "\n");
            }
        }
    }
}
