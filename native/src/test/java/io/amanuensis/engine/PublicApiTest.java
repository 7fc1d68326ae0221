package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No class outside this package can see a JNA type, or one of this package's own that is not public. */
class PublicApiTest {
    @Test
    void noPublicSignatureMentionsJna() throws Exception {
        List<Class<?>> api = accessibleClasses();
        assertThat(api).contains(Engine.class, Model.class, Session.class, Decoder.class, SharedModels.Lease.class);
        for (Class<?> type : api) {
            assertThat(mentioned(type)).as(type.getName()).noneMatch(name -> name.contains("com.sun.jna"));
        }
    }

    @Test
    void theFaceOfTheHeaderIsNotPublic() throws Exception {
        assertThat(accessibleClasses()).doesNotContain(AmanuensisLibrary.class, AmanuensisLibrary.AmModel.class);
    }

    private static List<String> mentioned(Class<?> type) {
        List<Type> types = new ArrayList<>();
        types.add(type.getGenericSuperclass());
        types.addAll(List.of(type.getGenericInterfaces()));
        for (Method method : type.getDeclaredMethods()) {
            if (isVisible(method)) {
                types.add(method.getGenericReturnType());
                types.addAll(List.of(method.getGenericParameterTypes()));
                types.addAll(List.of(method.getGenericExceptionTypes()));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isVisible(constructor)) {
                types.addAll(List.of(constructor.getGenericParameterTypes()));
            }
        }
        Arrays.stream(type.getDeclaredFields())
                .filter(PublicApiTest::isVisible)
                .map(Field::getGenericType)
                .forEach(types::add);
        return types.stream().map(String::valueOf).toList();
    }

    private static boolean isVisible(Member member) {
        return Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers());
    }

    private static List<Class<?>> accessibleClasses() throws IOException, ClassNotFoundException {
        List<Class<?>> result = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("target", "classes", "io", "amanuensis", "engine"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                Class<?> type = Class.forName("io.amanuensis.engine." + name);
                if (isAccessible(type)) {
                    result.add(type);
                }
            }
        }
        return result;
    }

    private static boolean isAccessible(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isAccessible(type.getEnclosingClass()));
    }
}
