// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.packaging;

import dev.ringport.testkit.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a native image needs to be told of a transport is told: an image has only the native calls whose shapes were named
 * when it was built. The metadata has one entry a line. Which arguments are variadic cannot be seen of a handle, and is not
 * compared.
 */
public abstract class NativeImageContract {
    private static final Pattern DOWNCALL = Pattern.compile(
            "\\{\"returnType\": \"(\\w+)\", \"parameterTypes\": \\[([^]]*)](.*)}");
    private static final Pattern CONSTRUCTED = Pattern.compile(
            "\\{\"type\": \"([\\w.]+)\", \"methods\": \\[\\{\"name\": \"<init>\", \"parameterTypes\": \\[]}]}");

    private final Class<?> transport;
    private final String artifact;
    private final List<Class<?>> constructed;

    /**
     * For a transport.
     *
     * @param transport a class of its module
     * @param artifact the module's artifact id
     * @param constructed the channels and the provider, which are made by reflection
     */
    protected NativeImageContract(Class<?> transport, String artifact, Class<?>... constructed) {
        this.transport = transport;
        this.artifact = artifact;
        this.constructed = List.of(constructed);
    }

    private String metadata() throws IOException {
        String name = "/META-INF/native-image/dev.ringport/" + artifact + "/reachability-metadata.json";
        try (InputStream file = transport.getResourceAsStream(name)) {
            assertThat(file).as(name).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    protected void everyNativeCallOfTheModuleIsNamed() throws Exception {
        Set<String> named = DOWNCALL.matcher(metadata().split("\"upcalls\"", -1)[0])
                .results()
                .map(NativeImageContract::shape)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> made = new TreeSet<>();
        for (MethodHandle handle : handles()) {
            made.add(shape(handle.type()));
        }

        assertThat(named.isEmpty()).as("%s are made", made).isEqualTo(made.isEmpty());
        assertThat(named).containsAll(made);
    }

    @Test
    protected void whatIsMadeByReflectionIsNamed() throws Exception {
        Set<String> named = CONSTRUCTED.matcher(metadata())
                .results()
                .map(entry -> entry.group(1))
                .collect(Collectors.toSet());

        assertThat(named).isEqualTo(constructed.stream().map(Class::getName).collect(Collectors.toSet()));
        for (Class<?> type : constructed) {
            assertThat(type.getConstructor()).isNotNull();
        }
    }

    private static String shape(MatchResult entry) {
        String arguments = entry.group(2).replace("\"", "");
        return entry.group(1) + " (" + arguments + ")"
                + (entry.group(3).contains("captureCallState") ? " captured" : "");
    }

    private static String shape(MethodType type) {
        boolean isCaptured = type.parameterCount() > 0 && type.parameterType(0) == MemorySegment.class;
        String arguments = Arrays.stream(type.parameterArray())
                .skip(isCaptured ? 1 : 0)
                .map(NativeImageContract::layout)
                .collect(Collectors.joining(", "));
        return layout(type.returnType()) + " (" + arguments + ")" + (isCaptured ? " captured" : "");
    }

    private static String layout(Class<?> carrier) {
        return carrier == void.class ? "void" : "j" + carrier.getName();
    }

    /** The handles in the static fields of the module's classes. */
    private List<MethodHandle> handles() throws Exception {
        List<MethodHandle> handles = new ArrayList<>();
        for (String name : classNames()) {
            for (Field field : Class.forName(name, false, transport.getClassLoader()).getDeclaredFields()) {
                if (field.getType() == MethodHandle.class && Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    handles.add((MethodHandle) field.get(null));
                }
            }
        }
        return handles;
    }

    /** Those of the packages that declare what the system has: no other has handles. */
    private List<String> classNames() throws IOException {
        Path folder = ChildJvm.location(transport);
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString().replace('\\', '/').replace('/', '.'))
                    .filter(name -> name.contains(".abi.") && name.endsWith(".class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .toList();
        }
    }
}
