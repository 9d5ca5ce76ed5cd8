// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the package under test declares, found by looking: a class added to it is tested without being named. */
final class Declared {
    private Declared() {}

    /** All classes with a {@code public static} layout. */
    static List<Class<?>> structs() {
        return classes().filter(type -> Arrays.stream(type.getFields()).anyMatch(Declared::isLayout)).toList();
    }

    static StructLayout layout(Class<?> struct) {
        return (StructLayout) value(
                Arrays.stream(struct.getFields()).filter(Declared::isLayout).findAny().orElseThrow());
    }

    private static boolean isLayout(Field field) {
        return field.getName().equals("LAYOUT") && Modifier.isStatic(field.getModifiers());
    }

    /** The numbers that a class declares, by their names in C. */
    static Map<String, Long> constants(Class<?> holder, boolean alsoPrivate) {
        return Arrays.stream(alsoPrivate ? holder.getDeclaredFields() : holder.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers()))
                .filter(field -> field.getType() == int.class || field.getType() == long.class)
                .collect(Collectors.toMap(Field::getName, f -> ((Number) value(f)).longValue(), Long::sum,
                        TreeMap::new));
    }

    private static Object value(Field field) {
        try {
            field.setAccessible(true);
            return field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<Class<?>> classes() {
        try {
            Path root = Path.of(IoUringSqe.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            String name = IoUringSqe.class.getPackageName();
            try (Stream<Path> files = Files.list(root.resolve(name.replace('.', '/')))) {
                return files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                        .sorted()
                        .<Class<?>>map(file -> load(name + "." + file.substring(0, file.length() - ".class".length())))
                        .toList()
                        .stream();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, Declared.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
