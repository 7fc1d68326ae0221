package io.amanuensis.operators.element;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of an element with its own {@link ElementSerializer}. */
final class ElementTypeInfo<T> extends TypeInformation<T> {
    private static final long serialVersionUID = 1;

    private final Class<T> elementClass;
    private final ElementSerializer<T> serializer;

    ElementTypeInfo(Class<T> elementClass, ElementSerializer<T> serializer) {
        this.elementClass = elementClass;
        this.serializer = serializer;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return serializer;
    }

    @Override
    public Class<T> getTypeClass() {
        return elementClass;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof ElementTypeInfo;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ElementTypeInfo<?> that && elementClass == that.elementClass;
    }

    @Override
    public int hashCode() {
        return elementClass.hashCode();
    }

    @Override
    public String toString() {
        return elementClass.getSimpleName();
    }
}
