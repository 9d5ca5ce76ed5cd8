// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.testkit.wine.ProcessStart;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.EventExecutor;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM that has nothing but the libraries that a user of the transport cannot do without, and the tests' classes.
 *
 * <p>Where a JVM cannot do without help (a Windows JVM under Wine), system properties of the parent say what it gets:
 * {@value #OPTIONS}, blank-separated options of every child, and {@value #LAUNCHER}, the class that starts the real main
 * class of a child that uses the network.
 */
public final class ChildJvm {
    private static final String OPTIONS = "ringport.child.options";
    private static final String LAUNCHER = "ringport.child.launcher";
    /** As long as a child may run. A test that allows itself less never shows what a child that hangs has printed. */
    public static final long SECONDS = 180;

    /** How it ended and what it printed. */
    public record Outcome(int exit, String output, String errors) {
        private static final Pattern INFO = Pattern.compile("(?m)^.*\\R(INFO: .*)(\\R|\\z)");

        /** What was logged at INFO, entry by entry, as java.util.logging prints it. */
        public List<String> infos() {
            return INFO.matcher(errors).results().map(entry -> entry.group(1)).toList();
        }

        /** What it printed as errors, but for {@link #infos()}. */
        public String complaints() {
            return INFO.matcher(errors).replaceAll("");
        }
    }

    private final List<String> options = new ArrayList<>();
    private final List<Path> onClassPath = new ArrayList<>();
    private final List<Path> onModulePath = new ArrayList<>();
    private final List<String> launcher = new ArrayList<>();
    private final List<String> wrapper = new ArrayList<>();

    private ChildJvm(String... options) {
        Collections.addAll(this.options, options);
        onClassPath.add(location(ChildJvm.class));
    }

    /**
     * With the libraries on the class path.
     *
     * @param transport a class of the transport's
     */
    public static ChildJvm onClassPath(Class<?> transport, String... options) {
        ChildJvm child = new ChildJvm(options);
        child.onClassPath.addAll(libraries(transport));
        return child;
    }

    /**
     * With the libraries on the module path and the tests' classes on the class path.
     *
     * @param transport a class of the transport's
     */
    public static ChildJvm onModulePath(Class<?> transport, String... options) {
        ChildJvm child = new ChildJvm(options);
        child.onModulePath.addAll(libraries(transport));
        return child;
    }

    /** With more on the class path. */
    public ChildJvm with(Path... more) {
        Collections.addAll(onClassPath, more);
        return this;
    }

    /** Its program is a module too. */
    public ChildJvm withModule(Class<?> main) {
        onModulePath.add(location(main));
        return this;
    }

    /** Its program uses the network. */
    public ChildJvm withNetwork() {
        String name = System.getProperty(LAUNCHER);
        if (name != null) {
            launcher.add(name);
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        return this;
    }

    /** It is started by a command that ends by running what follows its own arguments, such as {@code prlimit}. */
    public ChildJvm under(String... command) {
        Collections.addAll(wrapper, command);
        return this;
    }

    private static List<Path> libraries(Class<?> transport) {
        Path own = location(transport);
        Stream<Path> shared = Stream
                .of(NativeCalls.class, Channel.class, ByteBuf.class, EventExecutor.class, AddressResolver.class)
                .map(ChildJvm::location);
        return Stream.of(Stream.of(own), sharedByLinux(own), shared).flatMap(paths -> paths).toList();
    }

    /** What the transports for Linux share, if the one there stands on it. */
    private static Stream<Path> sharedByLinux(Path transport) {
        boolean required = ModuleFinder.of(transport).findAll().stream()
                .flatMap(module -> module.descriptor().requires().stream())
                .anyMatch(module -> module.name().equals("dev.ringport.transport.linux"));
        try {
            return required
                    ? Stream.of(location(
                            Class.forName("dev.ringport.linux.abi.Linux", false, ChildJvm.class.getClassLoader())))
                    : Stream.empty();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String joined(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** The jar or directory that a class comes from. */
    public static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a class with a {@code main} to its end. */
    public Outcome run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("child", ".out");
        Path errors = Files.createTempFile("child", ".err");
        try {
            List<Path> classPath = new ArrayList<>(onClassPath);
            classPath.add(location(main));
            List<String> whole = new ArrayList<>(wrapper);
            whole.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            whole.addAll(options);
            Stream.of(System.getProperty(OPTIONS, "").split(" ", -1)).filter(option -> !option.isEmpty())
                    .forEach(whole::add);
            if (!onModulePath.isEmpty()) {
                Collections.addAll(whole, "-p", joined(onModulePath), "--add-modules", "ALL-MODULE-PATH");
            }
            Collections.addAll(whole, "-cp", joined(classPath));
            whole.addAll(launcher);
            whole.add(main.getName());
            Collections.addAll(whole, arguments);
            ProcessBuilder builder = new ProcessBuilder(whole);
            builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"));
            builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
            Process process = ProcessStart.of(builder);
            try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException(main.getName() + " did not end: " + Files.readString(errors));
                }
            } finally {
                process.destroyForcibly();
            }
            return new Outcome(process.exitValue(), Files.readString(output), Files.readString(errors));
        } finally {
            discard(output);
            discard(errors);
        }
    }

    /** Windows may still have a file open for a process that has just ended. */
    private static void discard(Path file) throws IOException {
        try {
            Files.delete(file);
        } catch (FileSystemException busy) {
            file.toFile().deleteOnExit();
        }
    }
}
