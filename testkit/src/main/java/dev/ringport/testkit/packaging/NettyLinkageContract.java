// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.packaging;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.testkit.ChildJvm;
import io.netty.util.Version;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The compiled classes of a transport, and of what it stands on, fit the Netty that is on the class path, whichever they
 * were compiled with: each can be loaded, implements what is abstract, and every class, field and method that it names is
 * there.
 */
public abstract class NettyLinkageContract {
    private static final String NETTY = "io/netty/";
    private static final String OWN = "dev/ringport/";

    private final Set<Path> modules = new LinkedHashSet<>();
    private final Set<String> broken = new TreeSet<>();
    private int looked;

    /**
     * For a module and those that it stands on.
     *
     * @param oneOfEach a class of each, but for the one that all stand on
     */
    protected NettyLinkageContract(Class<?>... oneOfEach) {
        for (Class<?> type : oneOfEach) {
            modules.add(ChildJvm.location(type));
        }
        modules.add(ChildJvm.location(NativeCalls.class));
    }

    @Test
    protected void everythingThatIsNamedOfNettyIsThere() throws IOException {
        for (Path module : modules) {
            look(module);
        }

        assertThat(broken).isEmpty();
        assertThat(looked).isGreaterThan(1_000);
    }

    /** Otherwise a run against another Netty would tell nothing. */
    @Test
    protected void nettyHasTheVersionThatTheRunIsFor() {
        String expected = System.getProperty("ringport.netty.version");
        assumeTrue(expected != null, "only Maven says which it is");
        Map<String, String> found = Version.identify().entrySet().stream().collect(
                Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().artifactVersion()));

        for (String artifact : List.of("netty-common", "netty-buffer", "netty-resolver", "netty-transport")) {
            assertThat(found).containsEntry(artifact, expected);
        }
    }

    private void look(Path classes) throws IOException {
        if (Files.isDirectory(classes)) {
            lookIn(classes);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + classes.toUri()), Map.of())) {
                lookIn(jar.getPath("/"));
            }
        }
    }

    private void lookIn(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(file -> file.toString().endsWith(".class") && !file.toString().endsWith("-info.class"))
                    .forEach(files::add);
        }
        for (Path file : files) {
            ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
            String name = model.thisClass().asInternalName();
            if (isWhole(name)) {
                for (PoolEntry entry : model.constantPool()) {
                    look(name, entry);
                }
            }
        }
    }

    private boolean isWhole(String name) {
        try {
            Class<?> type = load(name);
            if (!Modifier.isAbstract(type.getModifiers())) {
                for (Method method : type.getMethods()) {
                    if (Modifier.isAbstract(method.getModifiers())) {
                        broken.add(name + " does not implement " + method);
                    }
                }
            }
            return true;
        } catch (ClassNotFoundException | LinkageError refused) {
            broken.add(name + ": " + refused);
            return false;
        }
    }

    private void look(String name, PoolEntry entry) {
        try {
            switch (entry) {
                case ClassEntry type when type.asInternalName().startsWith(NETTY) -> {
                    looked++;
                    load(type.asInternalName());
                }
                case MemberRefEntry member when isLookedAt(member.owner().asInternalName()) -> {
                    looked++;
                    Class<?> owner = load(member.owner().asInternalName());
                    String called = member.name().stringValue();
                    String descriptor = member.type().stringValue();
                    boolean there = entry instanceof FieldRefEntry
                            ? hasField(owner, called, descriptor)
                            : hasMethod(owner, called, descriptor);
                    if (!there) {
                        broken.add(name + " names " + owner.getName() + "." + called + descriptor);
                    }
                }
                default -> {
                }
            }
        } catch (ClassNotFoundException | LinkageError refused) {
            broken.add(name + ": " + refused);
        }
    }

    /** Ringport's too: it may inherit the member from Netty. */
    private static boolean isLookedAt(String owner) {
        return owner.startsWith(NETTY) || owner.startsWith(OWN);
    }

    private static Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name.replace('/', '.'), false, NettyLinkageContract.class.getClassLoader());
    }

    private static boolean hasMethod(Class<?> type, String name, String descriptor) {
        if (name.equals("<init>")) {
            for (Constructor<?> one : type.getDeclaredConstructors()) {
                if (MethodType.methodType(void.class, one.getParameterTypes()).descriptorString().equals(descriptor)) {
                    return true;
                }
            }
            return false;
        }
        for (Method one : type.getDeclaredMethods()) {
            if (one.getName().equals(name)
                    && MethodType.methodType(one.getReturnType(), one.getParameterTypes())
                            .descriptorString()
                            .equals(descriptor)) {
                return true;
            }
        }
        return parents(type).anyMatch(parent -> hasMethod(parent, name, descriptor));
    }

    private static boolean hasField(Class<?> type, String name, String descriptor) {
        for (Field one : type.getDeclaredFields()) {
            if (one.getName().equals(name) && one.getType().descriptorString().equals(descriptor)) {
                return true;
            }
        }
        return parents(type).anyMatch(parent -> hasField(parent, name, descriptor));
    }

    private static Stream<Class<?>> parents(Class<?> type) {
        // The methods of Object can be called on an interface too.
        Class<?> above = type.isInterface() ? Object.class : type.getSuperclass();
        return Stream.concat(Stream.ofNullable(above), Stream.of(type.getInterfaces()));
    }
}
