@echo off
chcp 65001 >nul
setlocal
title 安装大走访夜间汇总
cd /d "%~dp0.."
echo 把夜间汇总装成计划任务：每天 18:30 做一次，电脑关着就在下次开机登录后补做一次。
if not exist "%CD%\process.py" goto nohome
set "DAZOUFANG_TASK_FILE=%TEMP%\dazoufang-night-task.xml"
set "DAZOUFANG_TASK_FROM=%~dp0大走访夜间.xml"
set "DAZOUFANG_ROOT=%CD%"
powershell -NoProfile -ExecutionPolicy Bypass -Command "$x = [xml](Get-Content -Raw -Encoding Unicode -LiteralPath $env:DAZOUFANG_TASK_FROM); $e = $x.Task.Actions.Exec; $e.Command = $env:DAZOUFANG_ROOT + '\services\夜间汇总.bat'; $e.WorkingDirectory = $env:DAZOUFANG_ROOT; $w = New-Object System.Xml.XmlTextWriter($env:DAZOUFANG_TASK_FILE, [Text.Encoding]::Unicode); $x.Save($w); $w.Close()"
if errorlevel 1 goto failed
if /i "%~1"=="/boot" goto boot
schtasks /Create /TN "大走访夜间" /XML "%DAZOUFANG_TASK_FILE%" /F
if errorlevel 1 goto denied
goto done
:boot
echo 没人登录时也要做：请输入这台电脑当前用户的 Windows 密码。
schtasks /Create /TN "大走访夜间" /XML "%DAZOUFANG_TASK_FILE%" /RU "%USERDOMAIN%\%USERNAME%" /RP * /F
if errorlevel 1 goto denied
:done
del "%DAZOUFANG_TASK_FILE%" >nul 2>nul
echo.
echo 装好了。今天 18:30 第一次做；想现在就做一次，请双击“夜间汇总.bat”。
echo 要看昨晚做完没有，请运行：schtasks /Query /TN "大走访夜间" /V /FO LIST
echo 其中“上次结果”是 0 就是做完了，是 2 或 3 请双击“夜间汇总.bat”看原因。
pause
exit /b 0
:nohome
echo 没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹的 services 里双击它。
pause
exit /b 1
:denied
del "%DAZOUFANG_TASK_FILE%" >nul 2>nul
echo.
echo 没有装上。请在“安装夜间汇总.bat”上点右键，选“以管理员身份运行”，再试一次。
pause
exit /b 1
:failed
echo.
echo 没有装好，原因见上面的文字。也可以不装，每天下班前双击“夜间汇总.bat”。
pause
exit /b 1
