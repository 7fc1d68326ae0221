package io.amanuensis.operators.element;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializer of an immutable element with bulky arrays. Every element begins with a version byte, so that a savepoint of an
 * older build stays readable: a reader is kept for every version ever written.
 *
 * @param <T> an immutable type; copies are the element itself
 */
abstract class ElementSerializer<T> extends TypeSerializerSingleton<T> {
    private final int version;

    /** @param version written by this build, 1 to 127 */
    ElementSerializer(int version) {
        this.version = version;
    }

    abstract void write(T element, DataOutputView target) throws IOException;

    /** @param version as found in the bytes; reject what is unknown with {@link #unknownVersion} */
    abstract T read(int version, DataInputView source) throws IOException;

    final IOException unknownVersion(int found) {
        return new IOException(
                "%s: bytes of version %d, this build reads up to %d. Restore with the build that wrote them or newer."
                        .formatted(getClass().getSimpleName(), found, version));
    }

    @Override
    public final void serialize(T element, DataOutputView target) throws IOException {
        target.writeByte(version);
        write(element, target);
    }

    @Override
    public final T deserialize(DataInputView source) throws IOException {
        return read(source.readByte(), source);
    }

    @Override
    public final T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public final boolean isImmutableType() {
        return true;
    }

    @Override
    public final T createInstance() {
        return null;
    }

    @Override
    public final T copy(T from) {
        return from;
    }

    @Override
    public final T copy(T from, T reuse) {
        return from;
    }

    @Override
    public final int getLength() {
        return -1;
    }
}
