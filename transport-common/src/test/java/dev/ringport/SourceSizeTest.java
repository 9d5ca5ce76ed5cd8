// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** No source file of the repository, and no method in one, may grow too long to be read at once. */
class SourceSizeTest {
    private static final int LONGEST_FILE = 450;
    private static final int LONGEST_METHOD = 70;

    @Test
    void noSourceFileAndNoMethodOfTheRepositoryIsTooLong() throws IOException {
        List<Path> sources = sourcesUnder(repository());
        assertTrue(sources.size() > 50, () -> "only " + sources.size() + " sources found");
        assertEquals(List.of(), tooLong(sources));
    }

    @Test
    void aLongFileAndALongMethodAreFound(@TempDir Path directory) throws IOException {
        Path source = Files.createDirectories(directory.resolve("src/main/java")).resolve("Long.java");
        String body = "int x;\n".repeat(LONGEST_METHOD - 2);
        String fits = "void fits() {\n" + body + "}\n";
        String tooLong = "/** Not counted. */\nvoid tooLong() {\n" + body + "//\n}\n";
        String lines = "//\n".repeat(LONGEST_FILE - 2 * LONGEST_METHOD - 3);

        Files.writeString(source, "class Long {\n" + fits + tooLong + lines + "}\n");
        assertEquals(List.of("Long.java: tooLong has 71 lines", "Long.java has 451 lines"),
                tooLong(sourcesUnder(directory)));

        Files.writeString(source, "class Long {\n" + fits + fits + lines + "//\n}\n");
        assertEquals(List.of(), tooLong(sourcesUnder(directory)));
    }

    private static Path repository() {
        Path candidate = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(candidate.resolve(".mvn"))) {
            candidate = candidate.getParent();
        }
        return candidate;
    }

    private static List<Path> sourcesUnder(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                boolean skipped = !directory.equals(root) && (name.equals("target") || name.startsWith("."));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    sources.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }

    private static List<String> tooLong(List<Path> sources) throws IOException {
        List<String> found = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler
                    .getTask(null, files, diagnostic -> {}, null, null, files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                unit.accept(new LongMethods(unit, positions, found), null);
                long lines = unit.getSourceFile().getCharContent(true).toString().lines().count();
                if (lines > LONGEST_FILE) {
                    found.add(fileName(unit) + " has " + lines + " lines");
                }
            }
        }
        return found;
    }

    private static Path fileName(CompilationUnitTree unit) {
        return Path.of(unit.getSourceFile().toUri()).getFileName();
    }

    private static final class LongMethods extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        LongMethods(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
            long lines = last - first + 1;
            if (lines > LONGEST_METHOD) {
                found.add(fileName(unit) + ": " + method.getName() + " has " + lines + " lines");
            }
            return super.visitMethod(method, null);
        }
    }
}
