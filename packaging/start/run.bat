@echo off
chcp 65001 >nul
setlocal
title 大走访 %~n0
cd /d "%~dp0..\.."
set PYTHONUTF8=1
if not exist process.py goto nohome
set "PY=%CD%\.venv\Scripts\python.exe"
if exist "%PY%" goto found
set "PY=py.exe"
where py.exe >nul 2>nul && goto found
set "PY=python.exe"
where python.exe >nul 2>nul && goto found
echo 没有找到 Python。请先按 README.zh-CN.md 安装，再双击本文件。
pause
exit /b 9
:found
"%PY%" process.py %~n0
set "CODE=%ERRORLEVEL%"
echo.
if "%CODE%"=="0" echo 做完了。
if not "%CODE%"=="0" echo 代码 %CODE%，原因见上面的文字。没有丢东西，改好后再双击本文件。
pause
exit /b %CODE%
:nohome
echo 没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹里双击它，或给它建快捷方式。
pause
exit /b 9
