// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/** The README's table names what is bound, no more and no less, who calls it, and which test covers it. */
class FunctionTableTest {
    private static final Pattern ROW = Pattern
            .compile("^\\|[^|]+\\| `(\\w+)` \\| `(\\w+)` \\| `(\\w+)#(\\w+)` \\|", Pattern.MULTILINE);
    private static final Pattern BINDING = Pattern
            .compile("\\b(?:capturing|answering|stream|datagram|optional)\\(\\s*(?:[\\w.]+,\\s*)?\"(\\w+)\"");
    private static final Pattern BASE = Pattern.compile("\\bclass \\w+ extends (\\w+)");
    /** A method of a class, by the indentation that the formatter gives it: its name, and all from there to its end. */
    private static final Pattern METHOD = Pattern
            .compile("^    (?![ @/*}])[^=;(\\n]*?\\b(\\w+)(\\((?!.*(?:\\{\\}|;)$)(?:.*\\n)*?    \\}$)",
                    Pattern.MULTILINE);
    private static final Pattern CALL = Pattern.compile("(?<![.\\w])(\\w+)\\(");
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

    private final Path module = module();
    private final Map<String, String> main = sources("src/main/java");
    private final Map<String, String> tests = sources("src/test/java");

    /** Also where the build's directory is the one above. */
    private static Path module() {
        Path here = Path.of("").toAbsolutePath();
        Path below = here.resolve("transport-iocp");
        return Files.isDirectory(below) ? below : here;
    }

    private Map<String, String> sources(String folder) {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(module.resolve(folder))) {
            for (Path file : (Iterable<Path>) files.filter(file -> file.toString().endsWith(".java"))::iterator) {
                sources.put(file.getFileName().toString().replace(".java", ""),
                        Files.readString(file).replace("\r", ""));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return sources;
    }

    private List<MatchResult> rows() throws IOException {
        return ROW.matcher(Files.readString(module.resolve("README.md")).replace("\r", "")).results().toList();
    }

    @Test
    void whatIsBoundIsInTheTableOnce() throws IOException {
        List<String> bound = new ArrayList<>();
        main.forEach((name, source) -> {
            if (name.startsWith("Native")) {
                BINDING.matcher(source).results().forEach(binding -> bound.add(binding.group(1)));
            }
        });

        assertThat(bound).hasSizeGreaterThan(50);
        assertThat(rows()).extracting(row -> row.group(1)).containsExactlyInAnyOrderElementsOf(bound);
    }

    @Test
    void theClassesThatAreNamedCallTheFunctions() throws IOException {
        assertThat(rows()).allSatisfy(row -> {
            String source = main.get(row.group(2));
            assertThat(source).as("the class %s", row.group(2)).isNotNull();
            assertThat(calls(source, row.group(1))).as("%s calls %s", row.group(2), row.group(1)).isTrue();
        });
    }

    @Test
    void theTestsThatAreNamedAreTestsThatCallOrReplaceTheFunctions() throws IOException {
        assertThat(rows()).allSatisfy(row -> {
            String function = row.group(1);
            String test = row.group(3);
            assertThat(tests).containsKey(test);
            assertThat(isTest(test, row.group(4))).as("%s#%s is a test", test, row.group(4)).isTrue();
            assertThat(calls(withWhatItCalls(test, row.group(4)), function))
                    .as("%s#%s covers %s", test, row.group(4), function).isTrue();
        });
    }

    /** Whether the compiled class has a test of that name, of its own. */
    private boolean isTest(String name, String method) throws ClassNotFoundException {
        Matcher room = PACKAGE.matcher(tests.getOrDefault(name, ""));
        assertThat(room.find()).isTrue();
        Class<?> type = Class.forName(room.group(1) + "." + name, false, getClass().getClassLoader());
        return Arrays.stream(type.getDeclaredMethods())
                .filter(declared -> declared.getName().equals(method))
                .anyMatch(declared -> declared.isAnnotationPresent(Test.class)
                        || declared.isAnnotationPresent(ParameterizedTest.class));
    }

    /** The source of a method, and of all methods of its class and of that one's base that it comes to by their names. */
    private String withWhatItCalls(String test, String method) {
        Map<String, String> methods = new HashMap<>();
        for (String type = test; tests.containsKey(type);) {
            String source = tests.get(type);
            METHOD.matcher(source).results()
                    .forEach(found -> methods.merge(found.group(1), found.group(2), String::concat));
            Matcher base = BASE.matcher(source);
            type = base.find() ? base.group(1) : "";
        }
        StringBuilder text = new StringBuilder();
        Deque<String> open = new ArrayDeque<>(List.of(method));
        while (!open.isEmpty()) {
            String source = methods.remove(open.pop());
            if (source != null) {
                text.append(source);
                CALL.matcher(source).results().forEach(call -> open.push(call.group(1)));
            }
        }
        return text.toString();
    }

    @Test
    void aMethodThatDoesNotCallTheFunctionDoesNotCoverIt() {
        String test = "NativeWinsockTest";

        assertThat(withWhatItCalls(test, "aConnectionCarriesBytesUntilItsEnd")).contains(".getsockname(",
                ".getpeername(");
        assertThat(calls(withWhatItCalls(test, "theLastErrorIsMostlyTheOneThatWasSet"), "WSAPoll")).isFalse();
        assertThat(withWhatItCalls(test, "noSuchMethod")).isEmpty();
    }

    /** A call on one of the libraries, or another answer for it. Java's names differ in the case of letters. */
    private static boolean calls(String source, String function) {
        return Pattern.compile("\\." + function + "\\(|\"" + function + "\"", Pattern.CASE_INSENSITIVE)
                .matcher(source)
                .find();
    }
}
