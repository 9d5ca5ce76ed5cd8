// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.abi;

import dev.ringport.net.GroupReq;
import dev.ringport.net.GroupSourceReq;
import dev.ringport.net.SockaddrIn;
import dev.ringport.net.SockaddrIn6;
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

/** What a package declares, found by looking: a class added to it is tested without being named. */
public final class Declared {
    private Declared() {}

    /** All classes with a {@code public static} layout in the package of a class, where that was compiled to. */
    public static List<Class<?>> structs(Class<?> member) {
        return classes(member).filter(type -> Arrays.stream(type.getFields()).anyMatch(Declared::isLayout)).toList();
    }

    /**
     * What {@link #structs} finds, and the structs that both systems have alike: each system's headers judge those anew.
     */
    public static List<Class<?>> structsAndShared(Class<?> member) {
        Stream<Class<?>> shared = Stream.of(SockaddrIn.class, SockaddrIn6.class, GroupReq.class, GroupSourceReq.class);
        return Stream.concat(structs(member).stream(), shared).toList();
    }

    /** The layout of a class that {@link #structs} found. */
    public static StructLayout layout(Class<?> struct) {
        return (StructLayout) value(
                Arrays.stream(struct.getFields()).filter(Declared::isLayout).findAny().orElseThrow());
    }

    private static boolean isLayout(Field field) {
        return field.getName().equals("LAYOUT") && Modifier.isStatic(field.getModifiers());
    }

    /** The numbers that a class declares, by their names in C. */
    public static Map<String, Long> constants(Class<?> holder, boolean alsoPrivate) {
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

    private static Stream<Class<?>> classes(Class<?> member) {
        try {
            Path root = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
            String name = member.getPackageName();
            try (Stream<Path> files = Files.list(root.resolve(name.replace('.', '/')))) {
                return files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                        .sorted()
                        .<Class<?>>map(
                                file -> load(member, name + "." + file.substring(0, file.length() - ".class".length())))
                        .toList()
                        .stream();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(Class<?> member, String name) {
        try {
            return Class.forName(name, false, member.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
