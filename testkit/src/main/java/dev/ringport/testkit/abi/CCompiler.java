// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.abi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/** A C compiler and its headers, the judge of what Java says about C. */
public final class CCompiler {
    /** How a run of the compiler or of a program ended, and all that it printed. */
    public record Outcome(int exit, String output) {
        /** Whether it ended well. */
        public boolean isClean() {
            return exit == 0;
        }
    }

    private final String command;
    private final Path directory;

    private CCompiler(String command, Path directory) {
        this.command = command;
        this.directory = directory;
    }

    /**
     * The compiler of that name, such as {@code gcc}, which keeps its files in the directory. Aborts the calling test
     * where it is missing, but on a CI machine fails it.
     */
    public static CCompiler in(String command, Path directory) {
        CCompiler compiler = new CCompiler(command, directory);
        if (!compiler.isInstalled()) {
            String message = command
                    + " is needed to compare structs and constants with the system's headers: install it";
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            abort(message);
        }
        return compiler;
    }

    private boolean isInstalled() {
        try {
            return run(command, "--version").isClean();
        } catch (UncheckedIOException missing) {
            return false;
        }
    }

    /** Compiles without making anything. */
    public Outcome check(String source) {
        return run(command, "-std=gnu11", "-fsyntax-only", write("check.c", source).toString());
    }

    /** Whether an expression compiles, which a name that the headers lack does not. */
    public boolean knows(String includes, String expression) {
        return check(includes + "long long probe(void) { return (long long) (" + expression + "); }\n").isClean();
    }

    /** Compiles and runs a program and answers the lines it printed. Not for a compiler of another system. */
    public List<String> linesOf(String source) {
        Path program = directory.resolve("program");
        Outcome compiled = run(command, "-std=gnu11", "-o", program.toString(), write("program.c", source).toString());
        assertThat(compiled.output()).isEmpty();
        Outcome ran = run(program.toString());
        assertThat(ran.exit()).as(ran.output()).isZero();
        return ran.output().lines().toList();
    }

    private Path write(String name, String source) {
        try {
            return Files.writeString(directory.resolve(name), source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Outcome run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command))).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
