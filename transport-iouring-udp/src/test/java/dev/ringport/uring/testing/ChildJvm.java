// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.uring.Uring;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.EventExecutor;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM that has nothing but the libraries that a user of the transport cannot do without, and the tests' classes. */
public final class ChildJvm {
    private static final long SECONDS = 60;

    /** How it ended and what it printed. */
    public record Outcome(int exit, String output, String errors) {}

    private final List<String> command = new ArrayList<>();

    private ChildJvm(String... options) {
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Collections.addAll(command, options);
    }

    /** With the libraries on the class path. */
    public static ChildJvm onClassPath(String... options) {
        ChildJvm child = new ChildJvm(options);
        child.add("-cp", libraries() + File.pathSeparator + location(ChildJvm.class));
        return child;
    }

    /** With the libraries on the module path and the tests' classes on the class path. */
    public static ChildJvm onModulePath(String... options) {
        ChildJvm child = new ChildJvm(options);
        child.add("-p", libraries(), "--add-modules", "ALL-MODULE-PATH", "-cp", location(ChildJvm.class).toString());
        return child;
    }

    private void add(String... arguments) {
        Collections.addAll(command, arguments);
    }

    private static String libraries() {
        return Stream
                .of(
                        Uring.class, NativeCalls.class, Channel.class, ByteBuf.class, EventExecutor.class,
                        AddressResolver.class)
                .map(type -> location(type).toString())
                .collect(Collectors.joining(File.pathSeparator));
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
            List<String> whole = new ArrayList<>(command);
            whole.add(main.getName());
            Collections.addAll(whole, arguments);
            ProcessBuilder builder = new ProcessBuilder(whole);
            builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"));
            builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
            Process process = builder.start();
            try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException(main.getName() + " did not end: " + Files.readString(errors));
                }
            } finally {
                process.destroyForcibly();
            }
            return new Outcome(process.exitValue(), Files.readString(output), Files.readString(errors));
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }
}
