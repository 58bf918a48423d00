@echo off
rem Starts the nst command line on Windows: finds the newest Java, builds nst if need be, runs it.
rem
rem   NST_JAVA_HOME   the Java to use, instead of the newest one found
rem   NST_JAVA_OPTS   further JVM options, for example -Xmx6g
setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=%~dp0"
set "ROOT=%ROOT:~0,-1%"
set "TARGET=%ROOT%\nst-cli\target"
set "STATE=%ROOT%\.nst"

rem --- Which Java --------------------------------------------------------------------------------
rem The newest one runs nst, the newest one with a compiler builds it.
set "JAVA_BEST="
set "JAVA_RANK=0"
set "JDK_BEST="
set "JDK_RANK=0"
if not defined NST_JAVA_HOME goto search
call :consider "%NST_JAVA_HOME%"
if defined JAVA_BEST goto found
echo nst: NST_JAVA_HOME "%NST_JAVA_HOME%" is not a Java 17 or newer: point it at the folder that holds bin\java.exe and release, or unset it. 1>&2
exit /b 1

:search
if defined JAVA_HOME call :consider "%JAVA_HOME%"
for /f "delims=" %%J in ('where java 2^>nul') do call :consider_bin "%%~dpJ"
call :consider_all "%ProgramFiles%\Java"
call :consider_all "%ProgramFiles%\Eclipse Adoptium"
call :consider_all "%ProgramFiles%\Microsoft"
call :consider_all "%ProgramFiles%\Amazon Corretto"
call :consider_all "%ProgramFiles%\Zulu"
call :consider_all "%ProgramFiles%\BellSoft"
call :consider_all "%USERPROFILE%\.jdks"
if defined JAVA_BEST goto found
echo nst: no Java 17 or newer was found: install one, for example from https://adoptium.net, or set NST_JAVA_HOME to the folder it lies in. 1>&2
exit /b 1

:found
call :is_fresh
if not errorlevel 1 goto start
if not defined JDK_BEST (
  echo nst: building nst needs a JDK 17 or newer with its compiler, but "%JAVA_BEST%" has no bin\javac.exe: install a JDK or set NST_JAVA_HOME to one. 1>&2
  exit /b 1
)
where mvn >nul 2>nul
if errorlevel 1 (
  echo nst: building nst needs Maven, but mvn was not found: install Maven 3.6.3 or newer and add it to PATH. 1>&2
  exit /b 1
)
if not exist "%STATE%" mkdir "%STATE%"
if not exist "%STATE%" (
  echo nst: cannot write to "%ROOT%": make it writable to build nst. 1>&2
  exit /b 1
)
if defined JAR (
  echo Building nst ^(its sources have changed^) ... 1>&2
) else (
  echo Building nst ^(first use, about a minute^) ... 1>&2
)

rem Two processes cannot open one file for writing, so the open lock file keeps a second build out
rem and is released even if this process is killed.
set "WAITED="
:build
set "BUILT=locked"
( call :build_if_stale 9>"%STATE%\lock" ) 2>nul
if not "%BUILT%"=="locked" goto built
if not defined WAITED echo Waiting for another nst to finish building, or for "%STATE%\lock" to become writable ... 1>&2
set "WAITED=yes"
ping -n 2 127.0.0.1 >nul
goto build

:built
if not "%BUILT%"=="yes" (
  echo nst: the build failed: see why in "%STATE%\build.log" ^(it needs Maven Central the first time^). 1>&2
  exit /b 1
)

rem --- Run ---------------------------------------------------------------------------------------
:start
call :inspect "%JAVA_BEST%"
set "OPTIONS=-Djava.awt.headless=true"
rem The JVM announces incubator modules on stderr and has no switch to keep it quiet.
if "%VECTOR%"=="yes" set "OPTIONS=%OPTIONS% --add-modules jdk.incubator.vector"
if %MAJOR% GEQ 22 set "OPTIONS=%OPTIONS% --enable-native-access=ALL-UNNAMED"
rem JVM options of the user's, wherever they are given.
set "GIVEN= %NST_JAVA_OPTS% %JAVA_TOOL_OPTIONS% %JDK_JAVA_OPTIONS% "
set "GIVEN=%GIVEN:"=%"
if "%GIVEN: -Xmx=%"=="%GIVEN%" if "%GIVEN:MaxRAMPercentage=%"=="%GIVEN%" if "%GIVEN:MaxHeapSize=%"=="%GIVEN%" set "OPTIONS=%OPTIONS% -XX:MaxRAMPercentage=75"
rem Tensors are few and large: see the launcher "nst" beside this one.
set "OPTIONS=%OPTIONS% -XX:G1HeapRegionSize=1m -XX:G1PeriodicGCInterval=1000"
"%JAVA_BEST%\bin\java.exe" %OPTIONS% %NST_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%

rem --- Subroutines -------------------------------------------------------------------------------

rem Reads the release file of the Java home %1 and sets VERSION, MAJOR, VECTOR (has the module that
rem cpu-vector needs) and RANK (sorts by VECTOR, then version). Fails if %1 is no Java 17 or newer.
:inspect
if not exist "%~1\bin\java.exe" exit /b 1
if not exist "%~1\release" exit /b 1
set "VERSION="
for /f "usebackq tokens=1,2 delims==" %%A in ("%~1\release") do if "%%A"=="JAVA_VERSION" set "VERSION=%%~B"
if not defined VERSION exit /b 1
set "MAJOR=0"
set "MINOR=0"
set "PATCH=0"
for /f "tokens=1-3 delims=.-+_" %%A in ("%VERSION%") do (
  set "MAJOR=%%A"
  if not "%%B"=="" set "MINOR=%%B"
  if not "%%C"=="" set "PATCH=%%C"
)
if %MAJOR% LSS 17 exit /b 1
set /a "RANK=MAJOR * 1000000 + MINOR * 1000 + PATCH"
set "VECTOR=no"
findstr /c:"jdk.incubator.vector" "%~1\release" >nul && set "VECTOR=yes"
if "%VECTOR%"=="yes" set /a "RANK+=1000000000"
exit /b 0

:consider
call :inspect "%~1"
if errorlevel 1 exit /b 0
if %RANK% GTR %JAVA_RANK% (
  set "JAVA_BEST=%~1"
  set "JAVA_RANK=%RANK%"
)
if exist "%~1\bin\javac.exe" if %RANK% GTR %JDK_RANK% (
  set "JDK_BEST=%~1"
  set "JDK_RANK=%RANK%"
)
exit /b 0

rem Considers every Java home in the folder %1.
:consider_all
for /f "delims=" %%H in ('dir /b /ad "%~1" 2^>nul') do call :consider "%~1\%%H"
exit /b 0

rem %1 is the bin folder of a Java home, with a backslash at its end.
:consider_bin
set "BIN=%~1"
call :consider "%BIN:~0,-5%"
exit /b 0

rem Sets JAR to the built command line, or to nothing.
:find_jar
set "JAR="
if not exist "%TARGET%\lib" exit /b 0
for /f "delims=" %%F in ('dir /b "%TARGET%\nst-cli-*.jar" 2^>nul') do call :take_jar "%TARGET%\%%F"
exit /b 0

:take_jar
set "NAME=%~n1"
if /i "%NAME:~-8%"=="-sources" exit /b 0
if /i "%NAME:~-6%"=="-tests" exit /b 0
set "JAR=%~1"
exit /b 0

rem Succeeds if nothing that goes into the build is newer than the build.
:is_fresh
call :find_jar
if not defined JAR exit /b 1
powershell -NoProfile -NonInteractive -Command "$built = @($env:JAR, ($env:STATE + '\built')) | Where-Object { Test-Path -LiteralPath $_ } | ForEach-Object { (Get-Item -LiteralPath $_).LastWriteTimeUtc } | Sort-Object | Select-Object -Last 1; Set-Location -LiteralPath $env:ROOT; $sources = Get-Item pom.xml, nst-*\pom.xml, weights-converter\pom.xml; $sources += Get-ChildItem .mvn, nst-*\src\main, weights-converter\src\main -Recurse; if ($sources | Where-Object { $_.LastWriteTimeUtc -gt $built }) { exit 1 }"
exit /b %ERRORLEVEL%

rem Runs with the lock held. Tests are compiled though not run: other modules need nst-core's test jar.
:build_if_stale
call :is_fresh
if not errorlevel 1 (
  set "BUILT=yes"
  exit /b 0
)
set "BUILT=no"
type nul > "%STATE%\building"
set "JAVA_HOME=%JDK_BEST%"
call mvn -f "%ROOT%\pom.xml" -B -ntp -DskipTests -Dmaven.source.skip=true package > "%STATE%\build.log" 2>&1 < nul
if errorlevel 1 exit /b 0
call :find_jar
if not defined JAR exit /b 0
move /y "%STATE%\building" "%STATE%\built" >nul
set "BUILT=yes"
exit /b 0
