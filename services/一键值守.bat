@echo off
chcp 65001 >nul
setlocal
title 大走访收表值守
cd /d "%~dp0.."
set PYTHONUTF8=1
set "PY=%CD%\.venv\Scripts\python.exe"
if exist "%PY%" goto found
set "PY=py.exe"
where py.exe >nul 2>nul && goto found
set "PY=python.exe"
where python.exe >nul 2>nul && goto found
echo 没有找到 Python。请先按 README.zh-CN.md 安装，再双击本文件。
if /i not "%~1"=="/service" pause
exit /b 9
:found
if /i "%~1"=="/service" goto service
echo 正在值守收件文件夹。要停止，请按 Ctrl-C；关掉这个窗口也会停止，不会丢东西。
"%PY%" process.py watch
set "CODE=%ERRORLEVEL%"
echo.
if "%CODE%"=="0" echo 值守已停止。
if not "%CODE%"=="0" echo 值守没有运行起来，代码 %CODE%，原因见上面的文字。改好后再双击本文件。
pause
exit /b %CODE%
:service
"%PY%" process.py watch --quiet
exit /b %ERRORLEVEL%
