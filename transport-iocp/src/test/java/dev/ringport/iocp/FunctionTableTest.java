// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The README's table names what is bound, no more and no less, and who calls and tests it. */
class FunctionTableTest {
    private static final Pattern ROW = Pattern.compile("^\\|[^|]+\\| `(\\w+)` \\| `(\\w+)` \\| `(\\w+)` \\|",
            Pattern.MULTILINE);
    private static final Pattern BINDING = Pattern
            .compile("\\b(?:capturing|answering|stream|datagram|optional)\\(\\s*(?:[\\w.]+,\\s*)?\"(\\w+)\"");
    private static final Pattern BASE = Pattern.compile("\\bclass \\w+ extends (Native\\w+)");

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
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
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
    void theTestsThatAreNamedCallOrReplaceTheFunctions() throws IOException {
        assertThat(rows()).allSatisfy(row -> {
            assertThat(row.group(3)).endsWith("Test");
            assertThat(tests).containsKey(row.group(3));
            assertThat(calls(withHelpers(row.group(3)), row.group(1)))
                    .as("%s covers %s", row.group(3), row.group(1)).isTrue();
        });
    }

    /** A test's source with those of its base and of the helper that answers lookups. */
    private String withHelpers(String test) {
        StringBuilder text = new StringBuilder(tests.getOrDefault(test, ""));
        Matcher base = BASE.matcher(text);
        if (base.find()) {
            text.append(tests.get(base.group(1)));
        }
        if (text.indexOf("NameAnswers") >= 0) {
            text.append(tests.get("NameAnswers"));
        }
        return text.toString();
    }

    /** A call on one of the libraries, or another answer for it. Java's names differ in the case of letters. */
    private static boolean calls(String source, String function) {
        return Pattern.compile("\\." + function + "\\(|\"" + function + "\"", Pattern.CASE_INSENSITIVE)
                .matcher(source)
                .find();
    }
}
